import CCUDA
import CaffeCore

/// Memory in which blocks that sum up parts of the same values meet.
///
/// Operations follow each other on a device, so all may use the same.
struct ReductionScratch {
  /// How many sums may be put together from parts at a time.
  static let counters = 1024
  /// How many parts there may be.
  static let partials = 262_144

  let memory: DeviceMemory

  /// Where a result for the host is put.
  var result: UInt64 { memory.address }
  /// Numbers that are zero between operations.
  var counterAddress: UInt64 { memory.address + 256 }
  /// Room for parts.
  var partialAddress: UInt64 { counterAddress + UInt64(ReductionScratch.counters * 4) }

  static var bytes: Int { 256 + (counters + partials) * 4 }
}

extension CUDADevice {
  /// The memory for reductions, taken at the first.
  func reductionScratch() -> ReductionScratch? {
    if let scratch { return scratch }
    guard let memory = allocate(bytes: ReductionScratch.bytes) else { return nil }
    let made = ReductionScratch(memory: memory)
    // A float that is 0 has the bits of an integer that is.
    prepare(
      .fill, .over(ReductionScratch.counters), made.counterAddress, ReductionScratch.counters, Float(0))
    scratch = made
    return made
  }

  /// How many blocks go over each of `sums`: one, unless that left most of the device idle.
  func slices(of sums: Int, blocks: Int, length: Int, shortest: Int, busy: Int = CUDADevice.busyBlocks) -> Int {
    guard blocks <= ReductionScratch.counters else { return 1 }
    let wanted = busy / max(blocks, 1)
    let most = ReductionScratch.partials / max(sums, 1)
    return max(1, min(wanted, most, length / max(shortest, 1)))
  }

  /// So many blocks fill a large device.
  static let busyBlocks = 1024
}
