import CaffeCore

extension EngineCase {
  /// Shapes by lot, the same for the same seed.
  package static func randomized(count: Int, seed: UInt64) -> [EngineCase] {
    var stream = RandomSource(seed: seed).stream("randomised cases")
    return (0..<count).map { index in
      switch index % 4 {
      case 0, 1:
        let spec = randomConvolution(&stream)
        return convolution("randomised \(index)/\(spec)", spec, bias: index % 8 < 4)
      case 2:
        let spec = randomPooling(&stream)
        return pooling("randomised \(index)/\(spec)", spec)
      default:
        let spec = InnerProductSpec(
          rows: stream.pick(1...40), inputs: stream.pick(1...70), outputs: stream.pick(1...40),
          transposedWeights: index % 8 == 3)
        return innerProduct("randomised \(index)/\(spec)", spec)
      }
    }
  }

  private static func randomConvolution(_ stream: inout RandomStream) -> ConvolutionSpec {
    let axes = stream.pick(1...3)
    let groups = stream.pick(1...3)
    let kernel = (0..<axes).map { _ in stream.pick(1...3) }
    let dilation = (0..<axes).map { _ in stream.pick(1...2) }
    let padding = (0..<axes).map { _ in stream.pick(0...2) }
    let input = (0..<axes).map { axis in
      max(1, dilation[axis] * (kernel[axis] - 1) + 1 - 2 * padding[axis]) + stream.pick(0...5)
    }
    return ConvolutionSpec(
      images: stream.pick(1...35), inputChannels: groups * stream.pickChannels(),
      outputChannels: groups * stream.pickChannels(), groups: groups, input: input, kernel: kernel,
      stride: (0..<axes).map { _ in stream.pick(1...3) }, padding: padding, dilation: dilation)
  }

  private static func randomPooling(_ stream: inout RandomStream) -> PoolingSpec {
    let kernel = [stream.pick(1...4), stream.pick(1...4)]
    return .rounded(
      stream.pick(0...1) == 0 ? .max : .average, images: stream.pick(1...35), channels: stream.pickChannels(),
      input: [kernel[0] + stream.pick(0...6), kernel[1] + stream.pick(0...6)], kernel: kernel,
      stride: kernel.map { stream.pick(1...$0) }, padding: kernel.map { stream.pick(0...$0 - 1) },
      ceil: stream.pick(0...1) == 0)
  }
}

extension RandomStream {
  /// A whole number of a range.
  fileprivate mutating func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// Few channels, or about as many as a vector has lanes.
  fileprivate mutating func pickChannels() -> Int { pick(0...3) == 0 ? pick(15...17) : pick(1...6) }
}
