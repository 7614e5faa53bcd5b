import CaffeCore

extension ReferenceEngine: StandardizationOps {
  /// Prepares standardisation of this shape.
  public func planStandardization(_ spec: StandardizationSpec) -> any StandardizationPlan {
    ReferenceStandardization(spec)
  }
}

/// Standardisation in as many passes as its formula has sums.
private final class ReferenceStandardization: StandardizationPlan {
  private let spec: StandardizationSpec
  private let shape: ChannelSpec

  init(_ spec: StandardizationSpec) {
    self.spec = spec
    shape = spec.shape
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer, copy: Buffer?) {
    let x = input.hostForReading()
    let means = mean.hostForWriting(shape.channels)
    let averages = channelMeans { i, _ in Double(x[i]) }
    for c in 0..<shape.channels { means[c] = Float(averages[c]) }
    if spec.deviation != .none {
      let variances = variance.hostForWriting(shape.channels)
      let squares = channelMeans { i, c in (Double(x[i]) - averages[c]) * (Double(x[i]) - averages[c]) }
      for c in 0..<shape.channels { variances[c] = Float(squares[c]) }
    }
    forwardGiven(input: input, mean: mean, variance: variance, output: output)
    if let copy {
      let y = output.hostForReading()
      copy.hostForWriting(shape.count).update(from: y, count: shape.count)
    }
  }

  func forwardGiven(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer) {
    let deviations = deviations(variance)
    let x = input.hostForReading()
    let means = mean.hostForReading()
    let y = output.hostForWriting(shape.count)
    shape.forEachValue { i, c in y[i] = Float((Double(x[i]) - Double(means[c])) / deviations[c]) }
  }

  func backward(output: Buffer, variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    let deviations = deviations(variance)
    let y = output.hostForReading()
    let dy = outputGradient.hostForReading()
    let shifts = channelMeans { i, _ in Double(dy[i]) }
    let slopes = spec.deviation == .none ? nil : channelMeans { i, _ in Double(dy[i]) * Double(y[i]) }
    let dx = inputGradient.hostForWriting(shape.count)
    shape.forEachValue { i, c in
      let own = slopes.map { Double(y[i]) * $0[c] } ?? 0
      dx[i] = Float((Double(dy[i]) - shifts[c] - own) / deviations[c])
    }
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer) {
    forward(input: input, mean: mean, variance: variance, output: output, copy: nil)
    let y = output.hostForUpdating()
    let scale = finish.scale.hostForReading()
    let shift = finish.shift?.hostForReading()
    let slope = finish.negativeSlope ?? 1
    shape.forEachValue { i, c in
      let value = y[i] * scale[c] + (shift?[c] ?? 0)
      y[i] = value < 0 ? (slope == 0 ? 0 : value * slope) : value
    }
  }

  func backward(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer
  ) {
    let deviations = deviations(variance)
    let (x, y) = (input.hostForReading(), output.hostForReading())
    let means = mean.hostForReading()
    let scale = finish.scale.hostForReading()
    let slope = Double(finish.negativeSlope ?? 1)
    let given = outputGradient.hostForReading()
    func standardized(_ i: Int, _ c: Int) -> Double { (Double(x[i]) - Double(means[c])) / deviations[c] }
    // The rectifier's derivative follows the output's sign.
    func gradient(_ i: Int) -> Double { y[i] > 0 ? Double(given[i]) : slope == 0 ? 0 : Double(given[i]) * slope }
    let shifts = channelMeans { i, _ in gradient(i) }
    let slopes = channelMeans { i, c in gradient(i) * standardized(i, c) }
    let dx = inputGradient.hostForWriting(shape.count)
    shape.forEachValue { i, c in
      let own = spec.deviation == .none ? 0 : standardized(i, c) * slopes[c]
      dx[i] = Float(Double(scale[c]) * (gradient(i) - shifts[c] - own) / deviations[c])
    }
    for (result, sums) in [(scaleGradient, slopes), (shiftGradient, shifts)] {
      guard let sum = result?.hostForUpdating() else { continue }
      for c in 0..<shape.channels { sum[c] += Float(sums[c] * Double(spec.valuesPerChannel)) }
    }
  }

  func backwardGiven(variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    let deviations = deviations(variance)
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(shape.count)
    shape.forEachValue { i, c in dx[i] = Float(Double(dy[i]) / deviations[c]) }
  }

  private func deviations(_ variance: Buffer) -> [Double] {
    if spec.deviation == .none { return Array(repeating: 1, count: shape.channels) }
    let variances = variance.hostForReading()
    return (0..<shape.channels).map { c in
      switch spec.deviation {
      case .epsilonInside(let epsilon): (Double(variances[c]) + Double(epsilon)).squareRoot()
      case .epsilonOutside(let epsilon): Double(variances[c]).squareRoot() + Double(epsilon)
      case .none: 1
      }
    }
  }

  /// The mean over each channel of a value that belongs to every index.
  private func channelMeans(_ value: (_ index: Int, _ channel: Int) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: shape.channels)
    shape.forEachValue { i, c in sums[c] += value(i, c) }
    return sums.map { $0 / Double(max(spec.valuesPerChannel, 1)) }
  }
}
