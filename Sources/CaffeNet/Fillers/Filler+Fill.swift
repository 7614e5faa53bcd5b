import CaffeCore

extension Filler {
  /// Sets all of the blob's values, taking numbers from `random`.
  ///
  /// - Throws: `CaffeError` of code `shape` when this kind of filler can't fill the blob's shape.
  public func fill(_ blob: Blob, random: inout RandomStream) throws {
    try check(blob.shape)
    fill(blob.data, blob.shape, &random)
  }

  /// Has the blob's values set, with numbers of `random`, when they are first used.
  ///
  /// - Throws: `CaffeError` of code `shape` when this kind of filler can't fill the blob's shape.
  package func fillLater(_ blob: Blob, random: RandomStream) throws {
    try check(blob.shape)
    blob.data.fillLater { [shape = blob.shape] buffer in
      var random = random
      fill(buffer, shape, &random)
    }
  }

  private func check(_ shape: Shape) throws {
    guard shape.count > 0 else { return }
    switch kind {
    case .gaussian(_, _, let nonZero?): try checkSparse(shape, nonZeroPerOutput: nonZero)
    case .bilinear: try checkBilinear(shape)
    default: break
    }
  }

  private func fill(_ buffer: Buffer, _ shape: Shape, _ random: inout RandomStream) {
    guard shape.count > 0 else { return }
    if Rehearsal.current != nil {
      _ = buffer.hostForOverwriting()
      return
    }
    switch kind {
    case .constant(let value): set(buffer) { value }
    case .uniform(let low, let high): fillUniform(buffer, low: low, high: high, &random)
    case .gaussian(let mean, let deviation, nil): fillGaussian(buffer, mean: mean, deviation: deviation, &random)
    case .gaussian(let mean, let deviation, let nonZero?):
      let probability = Float(nonZero) / Float(shape[0])
      fillSparse(buffer, mean: mean, deviation: deviation, probability: probability, &random)
    case .xavier(let fan):
      let scale = (3 / self.fan(fan, of: shape)).squareRoot()
      fillUniform(buffer, low: -scale, high: scale, &random)
    case .msra(let fan):
      fillGaussian(buffer, mean: 0, deviation: (2 / self.fan(fan, of: shape)).squareRoot(), &random)
    case .positiveUnitBall: fillUnitBall(buffer, shape, &random)
    case .bilinear: fillBilinear(buffer, size: shape[3])
    }
  }

  /// The number that a variance is divided by: values of one output, of one input, or their mean.
  private func fan(_ fan: Fan, of shape: Shape) -> Float {
    let incoming = Float(shape.count / max(1, shape.legacyExtent(0)))
    let outgoing = Float(shape.axisCount > 1 ? shape.count / shape[1] : shape.count)
    switch fan {
    case .incoming: return incoming
    case .outgoing: return outgoing
    case .average: return (incoming + outgoing) / 2
    }
  }

  private func set(_ buffer: Buffer, to next: () -> Float) {
    buffer.overwrite { values in
      for index in values.indices { values[index] = next() }
    }
  }

  private func fillUniform(_ buffer: Buffer, low: Float, high: Float, _ random: inout RandomStream) {
    set(buffer) { low + (high - low) * random.nextUniform() }
  }

  private func fillGaussian(_ buffer: Buffer, mean: Float, deviation: Float, _ random: inout RandomStream) {
    set(buffer) { mean + deviation * random.nextGaussian() }
  }

  private func checkSparse(_ shape: Shape, nonZeroPerOutput: Int) throws {
    guard shape.axisCount >= 1 else {
      throw fault("a sparse gaussian filler for a scalar; it needs a blob with an axis: leave sparse out")
    }
    guard nonZeroPerOutput <= shape[0] else {
      throw fault("a gaussian filler with sparse: \(nonZeroPerOutput) for \(shape[0]) outputs; give at most as many")
    }
  }

  /// Each value is kept with the probability that leaves so many per extent of the first axis, as in Caffe, which takes the
  /// number of outputs for that of inputs.
  private func fillSparse(
    _ buffer: Buffer, mean: Float, deviation: Float, probability: Float, _ random: inout RandomStream
  ) {
    set(buffer) {
      let value = mean + deviation * random.nextGaussian()
      return random.nextUniform() < probability ? value : 0
    }
  }

  private func fillUnitBall(_ buffer: Buffer, _ shape: Shape, _ random: inout RandomStream) {
    let rows = max(1, shape.legacyExtent(0))
    let length = shape.count / rows
    buffer.overwrite { values in
      for row in 0..<rows {
        let places = row * length..<(row + 1) * length
        var sum: Float = 0
        for index in places {
          values[index] = random.nextUniform()
          sum += values[index]
        }
        guard sum > 0 else {
          for index in places { values[index] = 1 / Float(length) }
          continue
        }
        for index in places { values[index] /= sum }
      }
    }
  }

  private func checkBilinear(_ shape: Shape) throws {
    guard shape.axisCount == 4, shape[2] == shape[3] else {
      throw fault(
        "a bilinear filler for the shape \(shape); it needs 4 axes, the last two of the same extent: use a square kernel"
      )
    }
  }

  private func fillBilinear(_ buffer: Buffer, size: Int) {
    let factor = Float((size + 1) / 2)
    let center = Float(size - 1) / (2 * factor)
    buffer.overwrite { values in
      for index in values.indices {
        let x = Float(index % size)
        let y = Float(index / size % size)
        values[index] = (1 - abs(x / factor - center)) * (1 - abs(y / factor - center))
      }
    }
  }
}
