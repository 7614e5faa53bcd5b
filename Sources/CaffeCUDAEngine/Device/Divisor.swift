import CCUDA

extension caffe_gpu_divisor {
  /// A number from 1 to 2³¹ − 1 that kernels divide by, as a product and a shift.
  ///
  /// Source: Granlund and Montgomery, "Division by invariant integers using multiplication", PLDI 1994.
  package init(_ number: Int) {
    let divisor = UInt64(max(number, 1))
    let shift = UInt64(UInt64.bitWidth - (divisor - 1).leadingZeroBitCount)
    let multiplier = ((1 << 32) * ((1 << shift) - divisor)) / divisor + 1
    self.init(
      divisor: UInt32(truncatingIfNeeded: divisor), multiplier: UInt32(truncatingIfNeeded: multiplier),
      shift: UInt32(shift))
  }
}
