import CaffeCore

extension Filler {
  /// Sets all of the blob's values, taking numbers from `random`.
  ///
  /// - Throws: `CaffeError` of code `shape` when this kind of filler can't fill the blob's shape.
  public func fill(_ blob: Blob, random: inout RandomStream) throws {
    guard blob.count > 0 else { return }
    switch kind {
    case .constant(let value): set(blob) { value }
    case .uniform(let low, let high): fillUniform(blob, low: low, high: high, &random)
    case .gaussian(let mean, let deviation, nil): fillGaussian(blob, mean: mean, deviation: deviation, &random)
    case .gaussian(let mean, let deviation, let nonZero?):
      try fillSparse(blob, mean: mean, deviation: deviation, nonZeroPerOutput: nonZero, &random)
    case .xavier(let fan):
      let scale = (3 / self.fan(fan, of: blob.shape)).squareRoot()
      fillUniform(blob, low: -scale, high: scale, &random)
    case .msra(let fan):
      fillGaussian(blob, mean: 0, deviation: (2 / self.fan(fan, of: blob.shape)).squareRoot(), &random)
    case .positiveUnitBall: fillUnitBall(blob, &random)
    case .bilinear: try fillBilinear(blob)
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

  private func set(_ blob: Blob, to next: () -> Float) {
    blob.data.overwrite { values in
      for index in values.indices { values[index] = next() }
    }
  }

  private func fillUniform(_ blob: Blob, low: Float, high: Float, _ random: inout RandomStream) {
    set(blob) { low + (high - low) * random.nextUniform() }
  }

  private func fillGaussian(_ blob: Blob, mean: Float, deviation: Float, _ random: inout RandomStream) {
    set(blob) { mean + deviation * random.nextGaussian() }
  }

  /// Each value is kept with the probability that leaves `nonZeroPerOutput` of them per extent of the first axis, as in
  /// Caffe, which takes the number of outputs for that of inputs.
  private func fillSparse(
    _ blob: Blob, mean: Float, deviation: Float, nonZeroPerOutput: Int, _ random: inout RandomStream
  ) throws {
    guard blob.shape.axisCount >= 1 else {
      throw fault("a sparse gaussian filler for a scalar; it needs a blob with an axis: leave sparse out")
    }
    guard nonZeroPerOutput <= blob.shape[0] else {
      throw fault(
        "a gaussian filler with sparse: \(nonZeroPerOutput) for \(blob.shape[0]) outputs; give at most as many")
    }
    let probability = Float(nonZeroPerOutput) / Float(blob.shape[0])
    set(blob) {
      let value = mean + deviation * random.nextGaussian()
      return random.nextUniform() < probability ? value : 0
    }
  }

  private func fillUnitBall(_ blob: Blob, _ random: inout RandomStream) {
    let rows = max(1, blob.shape.legacyExtent(0))
    let length = blob.count / rows
    blob.data.overwrite { values in
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

  private func fillBilinear(_ blob: Blob) throws {
    let shape = blob.shape
    guard shape.axisCount == 4, shape[2] == shape[3] else {
      throw fault(
        "a bilinear filler for the shape \(shape); it needs 4 axes, the last two of the same extent: use a square kernel"
      )
    }
    let size = shape[3]
    let factor = Float((size + 1) / 2)
    let center = Float(size - 1) / (2 * factor)
    blob.data.overwrite { values in
      for index in values.indices {
        let x = Float(index % size)
        let y = Float(index / size % size)
        values[index] = (1 - abs(x / factor - center)) * (1 - abs(y / factor - center))
      }
    }
  }
}
