import CaffeCore

extension CUDAEngine: RandomOps {
  /// Sets each of the first `count` values to `value` with the given probability, otherwise to 0.
  public func randomMask(
    _ buffer: Buffer, count: Int, probability: Double, value: Float, stream: inout RandomStream
  ) {
    guard count > 0 else { return }
    let state = stream.state
    // A whole number is below the product where it is below the next whole number from it on.
    let threshold = UInt64((min(max(probability, 0), 1) * 0x1p32).rounded(.up))
    device.launch(
      .randomMask, .over((count + 6) / 4), write(buffer, count), count, threshold, value, state.seed, state.stream,
      state.position)
    stream.state.position = state.position &+ UInt64((count + 3) / 4 * 4)
  }
}

extension Kernel {
  fileprivate static let randomMask = Kernel("random", "random_mask")
}
