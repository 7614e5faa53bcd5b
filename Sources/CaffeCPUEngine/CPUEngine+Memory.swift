import CKernels
import CaffeCore

extension CPUEngine: MemoryOps {
  /// Sets the first `count` values of `buffer` to `value`.
  public func fill(_ buffer: Buffer, count: Int, with value: Float) {
    // Gradients are cleared so: who adds to them next needn't read what was there.
    if value == 0, value.sign == .plus, count == buffer.count { return buffer.setZeros() }
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
    let coversAll = spec.coversAll(of: target)
    if let forms = laneForms(of: spec, from: source, to: target, coversAll: coversAll) {
      if !coversAll { _ = target.lanesForReading(forms.target, workers) }
      return copy(
        spec, from: source.lanesForReading(forms.source, workers),
        to: target.lanesForOverwriting(forms.target, workers))
    }
    copy(spec, from: source.hostForReading(), to: target.plainForWriting(coversAll ? target.count : 0))
  }

  private func copy(_ spec: BlockCopySpec, from source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    let from = source + spec.sourceOffset
    let to = target + spec.targetOffset
    workers.split(spec.blocks, bytes: spec.length * 4, multiple: 1) { first, last in
      for block in first..<last {
        (to + block * spec.targetStride).update(from: from + block * spec.sourceStride, count: spec.length)
      }
    }
  }
}

extension CPUEngine {
  /// The forms in which the copy can be made where the source is in lanes of channels: runs of whole blocks of channels lie at the
  /// same places as they do in plain values.
  private func laneForms(
    of spec: BlockCopySpec, from source: Buffer, to target: Buffer, coversAll: Bool
  ) -> (source: LanesForm, target: LanesForm)? {
    guard let lanes = source.lanesForm, lanes.values > 0, target.count % lanes.values == 0 else { return nil }
    let block = lanes.blockCount
    let runs = [spec.length, spec.sourceOffset, spec.sourceStride, spec.targetOffset, spec.targetStride, target.count]
    guard source.count % block == 0, runs.allSatisfy({ $0 % block == 0 }) else { return nil }
    let wanted = LanesForm(rows: target.count / lanes.values, values: lanes.values, width: lanes.width)
    guard coversAll || target.isUntouched || target.lanesForm == wanted else { return nil }
    return (lanes, wanted)
  }
}

extension BlockCopySpec {
  /// Whether no value of `target` stays.
  fileprivate func coversAll(of target: Buffer) -> Bool {
    targetOffset == 0 && targetStride == length && blocks * length == target.count
  }
}
