import CaffeCore

/// Convolution, ReLU in place, max pooling, LRN, convolution, average pooling, inner product, softmax and loss, and all the
/// way back: the middle of a net.
final class ConvolutionChain {
  private let engine: any Engine
  private let first: ConvolutionSpec
  private let second: ConvolutionSpec
  private let convolutions: [any ConvolutionPlan]
  private let poolings: [any PoolingPlan]
  private let normalization: any LRNPlan
  private let product: any InnerProductPlan
  private let loss: SoftmaxLossSpec

  /// Values by layer: image, convolution 1, pooling 1, LRN, convolution 2, pooling 2, scores, probabilities.
  private let values: [Buffer]
  private let gradients: [Buffer]
  private let parameters: [Buffer]
  private let parameterGradients: [Buffer]
  private let labels: Buffer
  private let lossValue = Buffer(count: 1)
  private let normalizer = Buffer(count: 1)
  private let lossGradient = Buffer([1])
  /// What was read between the layers.
  private let seen: [Buffer]
  private let peeks: Bool

  private static let classes = 5
  private static let names = [
    "image", "convolution 1", "pooling 1", "LRN", "convolution 2", "pooling 2", "scores", "probabilities"
  ]

  static func engineCase(_ name: String, _ spec: ConvolutionSpec, peeks: Bool) -> EngineCase {
    EngineCase(name) { engine, stream in
      let chain = try ConvolutionChain(spec, on: engine, &stream, peeks: peeks)
      return EngineRun(chain.outputs) { try chain.compute() }
    }
  }

  private init(_ spec: ConvolutionSpec, on engine: any Engine, _ stream: inout RandomStream, peeks: Bool) throws {
    self.engine = engine
    self.peeks = peeks
    first = spec
    let channels = spec.outputChannels
    let pool = PoolingSpec.rounded(
      .max, images: spec.images, channels: channels, input: spec.output, kernel: [3, 3], stride: [2, 2],
      padding: [0, 0])
    let second = ConvolutionSpec(
      images: spec.images, inputChannels: channels, outputChannels: 7, input: pool.output, kernel: [3, 3],
      stride: [1, 1], padding: [1, 1], dilation: [1, 1])
    self.second = second
    let lastPool = PoolingSpec.rounded(
      .average, images: spec.images, channels: 7, input: second.output, kernel: [2, 2], stride: [2, 2],
      padding: [0, 0])
    let features = lastPool.outputCount / spec.images
    convolutions = [try engine.planConvolution(spec), try engine.planConvolution(second)]
    poolings = [try engine.planPooling(pool), try engine.planPooling(lastPool)]
    normalization = try engine.planLRN(
      LRNSpec(
        region: .acrossChannels, size: 3, alpha: 0.5, beta: 0.75, k: 1, images: spec.images, channels: channels,
        height: pool.output[0], width: pool.output[1]))
    product = try engine.planInnerProduct(
      InnerProductSpec(rows: spec.images, inputs: features, outputs: ConvolutionChain.classes))
    loss = SoftmaxLossSpec(shape: ChannelSpec(outer: spec.images, channels: ConvolutionChain.classes, inner: 1))

    let scores = spec.images * ConvolutionChain.classes
    let counts = [
      spec.images * spec.outputCount, pool.outputCount, pool.outputCount, spec.images * second.outputCount,
      lastPool.outputCount, scores, scores
    ]
    values = [stream.buffer(spec.images * spec.inputCount)] + counts.map { Buffer.dirty($0) }
    gradients = values.map { Buffer.dirty($0.count) }
    parameters = [
      stream.buffer(spec.weightCount), stream.buffer(channels), stream.buffer(second.weightCount), stream.buffer(7),
      stream.buffer(features * ConvolutionChain.classes), stream.buffer(ConvolutionChain.classes)
    ]
    parameterGradients = parameters.map { Buffer(count: $0.count) }
    labels = Buffer(stream.integers(spec.images, in: 0...ConvolutionChain.classes - 1))
    seen = peeks ? values.map { Buffer(count: $0.count) } : []
  }

  private var outputs: [(name: String, buffer: Buffer)] {
    var all = zip(ConvolutionChain.names, values).map { ($0, $1) } + [("loss", lossValue)]
    all += zip(ConvolutionChain.names, gradients).dropLast().map { ("gradient of \($0)", $1) }
    all += parameterGradients.enumerated().map { ("gradient of parameter \($0)", $1) }
    return all + zip(ConvolutionChain.names, seen).map { ("\($0), read at once", $1) }
  }

  /// Reads a value as a user does who looks in between.
  private func peek(_ layer: Int) {
    if peeks { seen[layer].set(values[layer].values) }
  }

  private func compute() throws {
    try forward()
    backward()
  }

  private func forward() throws {
    let count = values[1].count
    convolutions[0].forward(input: values[0], weights: parameters[0], bias: parameters[1], output: values[1])
    peek(1)
    engine.map(.relu(negativeSlope: 0), input: values[1], output: values[1], count: count)
    poolings[0].forward(input: values[1], output: values[2], mask: nil)
    peek(2)
    normalization.forward(input: values[2], output: values[3])
    peek(3)
    convolutions[1].forward(input: values[3], weights: parameters[2], bias: parameters[3], output: values[4])
    peek(4)
    poolings[1].forward(input: values[4], output: values[5], mask: nil)
    peek(5)
    product.forward(input: values[5], weights: parameters[4], bias: parameters[5], output: values[6])
    peek(6)
    engine.softmax(loss.shape, input: values[6], output: values[7])
    try engine.softmaxLoss(
      loss, probabilities: values[7], labels: labels, classWeights: nil, loss: lossValue, normalizer: normalizer)
  }

  private func backward() {
    engine.softmaxLossBackward(
      loss, probabilities: values[7], labels: labels, classWeights: nil, lossGradient: lossGradient,
      normalizer: normalizer, inputGradient: gradients[6])
    product.backwardParameters(
      input: values[5], outputGradient: gradients[6], weightGradient: parameterGradients[4],
      biasGradient: parameterGradients[5])
    product.backwardData(outputGradient: gradients[6], weights: parameters[4], inputGradient: gradients[5])
    poolings[1].backward(outputGradient: gradients[5], inputGradient: gradients[4])
    convolutions[1].backwardParameters(
      input: values[3], outputGradient: gradients[4], weightGradient: parameterGradients[2],
      biasGradient: parameterGradients[3])
    convolutions[1].backwardData(outputGradient: gradients[4], weights: parameters[2], inputGradient: gradients[3])
    normalization.backward(
      input: values[2], output: values[3], outputGradient: gradients[3], inputGradient: gradients[2])
    poolings[0].backward(outputGradient: gradients[2], inputGradient: gradients[1])
    engine.mapBackward(
      .relu(negativeSlope: 0), input: values[1], output: values[1], outputGradient: gradients[1],
      inputGradient: gradients[1], count: values[1].count)
    convolutions[0].backwardParameters(
      input: values[0], outputGradient: gradients[1], weightGradient: parameterGradients[0],
      biasGradient: parameterGradients[1])
    convolutions[0].backwardData(outputGradient: gradients[1], weights: parameters[0], inputGradient: gradients[0])
  }
}
