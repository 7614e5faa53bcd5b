import CaffeCore

extension CUDAEngine: MemoryOps {
  /// Sets the first `count` values of `buffer` to `value`: at once only where others stay, otherwise when a kernel reads them.
  public func fill(_ buffer: Buffer, count: Int, with value: Float) {
    guard count > 0, constant(buffer)?.bitPattern != value.bitPattern else { return }
    guard count < buffer.count else { return set(buffer, to: value) }
    device.launch(.fill, .over(count), update(buffer), count, value)
  }

  /// Copies the first `count` values of `source` to `target`.
  public func copy(_ source: Buffer, to target: Buffer, count: Int) {
    guard source !== target, count > 0 else { return }
    let order = order(of: [source], to: [target], count: count)
    let from = read(source, in: order)
    let to = write(target, count, in: order)
    device.launch(.copy, .over(count), from, to, count)
  }

  /// Copies blocks of values between places at regular distances; the rest of `target` stays.
  public func copyBlocks(_ spec: BlockCopySpec, from source: Buffer, to target: Buffer) {
    let count = spec.blocks * spec.length
    guard count > 0 else { return }
    let from = read(Operand(source, offset: spec.sourceOffset))
    let to = update(Operand(target, offset: spec.targetOffset))
    device.launch(
      .copyBlocks, .over(count), from, to, spec.blocks, spec.length, spec.sourceStride, spec.targetStride)
  }
}

extension CUDADevice {
  /// Asks for a copy as part of what is asked for next.
  func prepareCopy(_ source: UInt64, _ target: UInt64, count: Int) {
    prepare(.copy, .over(count), source, target, count)
  }
}

extension Kernel {
  fileprivate static let copy = Kernel("memory", "copy")
  fileprivate static let copyBlocks = Kernel("memory", "copy_blocks")
}
