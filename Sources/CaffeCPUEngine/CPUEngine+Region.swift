import CKernels
import CaffeCore

extension CPUEngine: RegionOps {
  /// Copies a box of values from one tensor to another; the rest of `target` stays.
  public func copyRegion(_ spec: RegionSpec, from source: Buffer, to target: Buffer) {
    let x = source.hostForReading()
    let y = target.hostForUpdating()
    let length = spec.extents.last ?? 0
    workers.split(spec.rows, bytes: length * 8, multiple: 1) { first, last in
      for row in first..<last {
        let starts = spec.starts(ofRow: row)
        (y + starts.target).update(from: x + starts.source, count: length)
      }
    }
  }

  /// Repeats each of the inputs' `outer` blocks of `inner` values `tiles` times.
  public func tile(_ spec: TileSpec, input: Buffer, output: Buffer) {
    let x = input.hostForReading()
    let y = output.plainForWriting(spec.outer * spec.tiles * spec.inner)
    workers.split(spec.outer * spec.tiles, bytes: spec.inner * 8, multiple: 1) { first, last in
      for block in first..<last {
        (y + block * spec.inner).update(from: x + block / spec.tiles * spec.inner, count: spec.inner)
      }
    }
  }

  /// Computes the gradient of what was repeated: the sum over its `tiles` repetitions.
  public func tileBackward(_ spec: TileSpec, outputGradient: Buffer, inputGradient: Buffer) {
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.plainForWriting(spec.outer * spec.inner)
    workers.eachRowPart(spec.outer, spec.inner, bytes: spec.tiles * 4, multiple: 16) { block, first, last in
      let sums = dx + block * spec.inner
      (sums + first).update(repeating: 0, count: last - first)
      caffe_sum_rows(dy + block * spec.tiles * spec.inner, sums, spec.tiles, spec.inner, first, last)
    }
  }
}
