import CaffeCore

extension ReferenceEngine: PatchOps {
  /// Copies what every value of the kernel meets at every place, 0 where that is padding.
  public func im2col(_ spec: ConvolutionSpec, input: Buffer, columns: Buffer) {
    let taps = ConvolutionTaps(spec)
    let plane = spec.input.reduce(1, *)
    let planes = spec.images * spec.inputChannels
    let x = input.hostForReading()
    let rows = columns.hostForWriting(planes * taps.count * taps.positions)
    for channel in 0..<planes {
      for tap in 0..<taps.count {
        taps.gather(x + channel * plane, tap: tap, into: rows + (channel * taps.count + tap) * taps.positions)
      }
    }
  }

  /// Computes `input` as the sums of all that `im2col` would have copied from each of its places.
  public func col2im(_ spec: ConvolutionSpec, columns: Buffer, input: Buffer) {
    let taps = ConvolutionTaps(spec)
    let plane = spec.input.reduce(1, *)
    let planes = spec.images * spec.inputChannels
    let rows = columns.hostForReading()
    let x = input.hostForWriting(planes * plane)
    withSums(plane) { sums in
      withSums(taps.positions) { row in
        for channel in 0..<planes {
          sums.update(repeating: 0, count: plane)
          for tap in 0..<taps.count {
            let start = (channel * taps.count + tap) * taps.positions
            for position in 0..<taps.positions { row[position] = Double(rows[start + position]) }
            taps.scatter(row, tap: tap, into: sums)
          }
          for i in 0..<plane { x[channel * plane + i] = Float(sums[i]) }
        }
      }
    }
  }
}
