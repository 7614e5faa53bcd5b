import CaffeCore

/// What kernels say about values that they can't use; the numbers are those of `prelude.cuh`.
enum FaultKind: Int32 {
  case none = 0
  case label = 1
  case index = 2
}

extension CUDADevice {
  /// What kernels found wrong, as of the last copy.
  func fault() -> CaffeError? {
    guard let kind = FaultKind(rawValue: faults.copy[0]), kind != .none else { return nil }
    let (position, limit) = (faults.copy[1], faults.copy[3])
    let value = Float(bitPattern: UInt32(bitPattern: faults.copy[2]))
    let text = value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
    let message =
      switch kind {
      case .label:
        "label \(text) at position \(position) of a batch, but its scores have \(limit) classes: labels are whole numbers from 0 to "
          + "\(limit - 1); mend the data, raise num_output, or set ignore_label"
      case .index:
        "value \(position) of the indices is \(text), no index of the \(limit) rows there are; give whole numbers from 0, less than "
          + "\(limit)"
      case .none: ""
      }
    return CaffeError(.value, message, layer: places.name(faults.copy[4]))
  }
}
