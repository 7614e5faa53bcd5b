import CKernels
import CaffeCore

extension CPUEngine: MemoryOps {
  /// Sets the first `count` values of `buffer` to `value`.
  public func fill(_ buffer: Buffer, count: Int, with value: Float) {
    let target = buffer.plainForWriting(count)
    workers.split(count) { first, last in caffe_fill(target + first, value, last - first) }
  }

  /// Copies the first `count` values of `source` to `target`.
  public func copy(_ source: Buffer, to target: Buffer, count: Int) {
    guard source !== target else { return }
    let form = form(of: [source], output: target, count: count)
    let from = read(source, form)
    let to = write(target, form)
    workers.split(form.count) { first, last in
      (to + first).update(from: from + first, count: last - first)
    }
  }

  /// Copies blocks of values between places at regular distances; the rest of `target` stays.
  public func copyBlocks(_ spec: BlockCopySpec, from source: Buffer, to target: Buffer) {
    let from = source.hostForReading() + spec.sourceOffset
    let to = target.plainForWriting(spec.coversAll(of: target) ? target.count : 0) + spec.targetOffset
    workers.split(spec.blocks, bytes: spec.length * 4, multiple: 1) { first, last in
      for block in first..<last {
        (to + block * spec.targetStride).update(from: from + block * spec.sourceStride, count: spec.length)
      }
    }
  }
}

extension BlockCopySpec {
  /// Whether no value of `target` stays.
  fileprivate func coversAll(of target: Buffer) -> Bool {
    targetOffset == 0 && targetStride == length && blocks * length == target.count
  }
}
