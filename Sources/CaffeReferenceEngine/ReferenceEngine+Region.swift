import CaffeCore

extension ReferenceEngine: RegionOps {
  /// Copies a box of values from one tensor to another; the rest of `target` stays.
  public func copyRegion(_ spec: RegionSpec, from source: Buffer, to target: Buffer) {
    let x = source.hostForReading()
    let y = target.hostForUpdating()
    for row in 0..<spec.rows {
      let starts = spec.starts(ofRow: row)
      (y + starts.target).update(from: x + starts.source, count: spec.extents[spec.extents.count - 1])
    }
  }

  /// Repeats each of the inputs' `outer` blocks of `inner` values `tiles` times.
  public func tile(_ spec: TileSpec, input: Buffer, output: Buffer) {
    let x = input.hostForReading()
    let y = output.hostForWriting(spec.outer * spec.tiles * spec.inner)
    for block in 0..<spec.outer * spec.tiles {
      (y + block * spec.inner).update(from: x + block / spec.tiles * spec.inner, count: spec.inner)
    }
  }

  /// Computes the gradient of what was repeated: the sum over its `tiles` repetitions.
  public func tileBackward(_ spec: TileSpec, outputGradient: Buffer, inputGradient: Buffer) {
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(spec.outer * spec.inner)
    for block in 0..<spec.outer {
      for i in 0..<spec.inner {
        var sum = 0.0
        for tile in 0..<spec.tiles { sum += Double(dy[(block * spec.tiles + tile) * spec.inner + i]) }
        dx[block * spec.inner + i] = Float(sum)
      }
    }
  }
}
