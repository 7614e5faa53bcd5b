import CKernels
import CaffeCore

extension CPUEngine: StandardizationOps {
  /// Prepares standardisation of this shape.
  public func planStandardization(_ spec: StandardizationSpec) -> any StandardizationPlan {
    CPUStandardization(spec, engine: self)
  }
}

/// Standardisation in lanes where the input is; two passes for the statistics, so that a large mean costs no digits, and one
/// for the values.
final class CPUStandardization: StandardizationPlan {
  let spec: StandardizationSpec
  let shape: ChannelSpec
  let engine: CPUEngine
  private let sums: AlignedMemory
  private let coefficients: AlignedMemory
  /// Of the passes that finish: the factor of each channel, its shift, and two coefficients of the gradient.
  let finishing: AlignedMemory
  /// Standardised values, where a gradient needs them again.
  let standardized = Buffer()

  init(_ spec: StandardizationSpec, engine: CPUEngine) {
    self.spec = spec
    self.engine = engine
    shape = spec.shape
    sums = AlignedMemory(count: 2 * shape.channels)
    coefficients = AlignedMemory(count: 3 * shape.channels)
    finishing = AlignedMemory(count: 4 * shape.channels)
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer, copy: Buffer?) {
    let layout = engine.channelForm(of: input, output: output, shape)
    let x = engine.read(input, layout.form)
    let means = mean.plainForWriting(shape.channels)
    setMeans(means, of: .values, layout, x)
    if spec.deviation != .none {
      setMeans(variance.plainForWriting(shape.channels), of: .deviations, layout, x, mean: means)
    }
    standardize(x, means, factors(variance), layout, output: output, copy: copy)
  }

  func forwardGiven(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer) {
    let layout = engine.channelForm(of: input, output: output, shape)
    let x = engine.read(input, layout.form)
    standardize(x, mean.hostForReading(), factors(variance), layout, output: output, copy: nil)
  }

  func backward(output: Buffer, variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    // Without a deviation the output has no part in it: the gradient stands in.
    let values = spec.deviation == .none ? outputGradient : output
    let layout = engine.channelForm(of: outputGradient, values, output: inputGradient, shape)
    let y = engine.read(values, layout.form)
    let dy = engine.read(outputGradient, layout.form)
    let shifts = coefficients.pointer + shape.channels
    let slopes = shifts + shape.channels
    setMeans(shifts, of: .values, layout, dy)
    if spec.deviation == .none {
      slopes.update(repeating: 0, count: shape.channels)
    } else {
      setMeans(slopes, of: .products, layout, dy, y)
    }
    let factors = factors(variance)
    let dx = engine.write(inputGradient, layout.form)
    engine.eachPlane(of: layout, bytes: 12) { first, last in
      caffe_standardize_gradient_planes(
        y, dy, shifts, slopes, factors, dx, first, last, shape.channels, layout.shape.inner,
        Int32(layout.channelsPerPlane))
    }
    engine.finish(inputGradient, layout.form)
  }

  func backwardGiven(variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    let layout = engine.channelForm(of: outputGradient, output: inputGradient, shape)
    let zeros = coefficients.pointer + shape.channels
    zeros.update(repeating: 0, count: shape.channels)
    standardize(
      engine.read(outputGradient, layout.form), zeros, factors(variance), layout, output: inputGradient, copy: nil)
  }

  private func standardize(
    _ x: UnsafePointer<Float>, _ means: UnsafePointer<Float>, _ factors: UnsafePointer<Float>, _ layout: ChannelForm,
    output: Buffer, copy: Buffer?
  ) {
    let y = engine.write(output, layout.form)
    let second = copy.map { engine.write($0, layout.form) }
    engine.eachPlane(of: layout, bytes: copy == nil ? 8 : 12) { first, last in
      caffe_standardize_planes(
        x, means, factors, y, second, first, last, shape.channels, layout.shape.inner,
        Int32(layout.channelsPerPlane))
    }
    engine.finish(output, layout.form)
    if let copy { engine.finish(copy, layout.form) }
  }

  /// Sets the mean of something over each channel.
  private func setMeans(
    _ means: UnsafeMutablePointer<Float>, of what: ChannelSum, _ layout: ChannelForm, _ x: UnsafePointer<Float>,
    _ y: UnsafePointer<Float>? = nil, mean: UnsafePointer<Float>? = nil
  ) {
    let count = Double(max(spec.valuesPerChannel, 1))
    UnsafeMutableRawPointer(sums.pointer).withMemoryRebound(to: Double.self, capacity: shape.channels) { sums in
      engine.workers.channelSums(what, layout, x, y, mean: mean, into: sums)
      for c in 0..<shape.channels { means[c] = Float(sums[c] / count) }
    }
  }

  /// The reciprocals of the deviations.
  func factors(_ variance: Buffer) -> UnsafePointer<Float> {
    let factors = coefficients.pointer
    guard spec.deviation != .none else {
      factors.update(repeating: 1, count: shape.channels)
      return UnsafePointer(factors)
    }
    let variances = variance.hostForReading()
    for c in 0..<shape.channels {
      let deviation: Double =
        switch spec.deviation {
        case .epsilonInside(let epsilon): (Double(variances[c]) + Double(epsilon)).squareRoot()
        case .epsilonOutside(let epsilon): Double(variances[c]).squareRoot() + Double(epsilon)
        case .none: 1
        }
      factors[c] = Float(1 / deviation)
    }
    return UnsafePointer(factors)
  }
}
