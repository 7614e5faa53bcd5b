import CKernels
import CaffeCore

extension CPUEngine: RandomOps {
  /// Sets each of the first `count` values to `value` with the given probability, otherwise to 0.
  public func randomMask(
    _ buffer: Buffer, count: Int, probability: Double, value: Float, stream: inout RandomStream
  ) {
    let state = stream.state
    // Of whole numbers, those below the product are those below its ceiling.
    let threshold = UInt64((min(max(probability, 0), 1) * 0x1p32).rounded(.up))
    let y = buffer.plainForWriting(count)
    workers.split(count, bytes: 16, multiple: 64) { first, last in
      caffe_random_mask(
        state.seed, state.stream, state.position &+ UInt64(first), threshold, value, y + first, last - first)
    }
    stream.state.position = state.position &+ UInt64((count + 3) / 4 * 4)
  }
}
