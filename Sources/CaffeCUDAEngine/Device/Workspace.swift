import CaffeCore

extension CUDADevice {
  /// Room for `bytes`, until the next operation asks: all take the same, one after the other.
  ///
  /// - Returns: Where it begins; nothing when there is no memory, and the engine fails.
  func room(_ bytes: Int) -> UInt64? {
    if let workspace, workspace.bytes >= bytes { return workspace.address }
    // What was asked for with the old one comes first, whoever gets its memory.
    workspace = nil
    workspace = allocate(bytes: bytes)
    return workspace?.address
  }

  /// Room for arrays of so many values each, side by side.
  func room(ofValues counts: Int...) -> [UInt64]? {
    let sizes = counts.map { ($0 * MemoryLayout<Float>.stride + 255) / 256 * 256 }
    guard let start = room(sizes.reduce(0, +)) else { return nil }
    var next = start
    return sizes.map { size in
      defer { next += UInt64(size) }
      return next
    }
  }
}
