import CaffeCore

/// The operations of an engine, plans' ones too.
package enum EngineOperation: String, CaseIterable, Sendable {
  case fill, copy, copyBlocks
  case gemm, innerProductForward, innerProductBackwardData, innerProductBackwardParameters
  case map, mapBackward
  case axpby, multiply, weightedSum, rectifiedSum, rectifiedSumBackward
  case product, productBackward, maximum, maximumBackward
  case absoluteSum, sumOfSquares, dot, firstNonFinite
  case convolutionForward, convolutionForwardFinished, convolutionBackwardData, convolutionBackwardParameters
  case poolingForward, poolingBackward
  case lrnForward, lrnBackward
  case softmax, softmaxBackward
  case softmaxLoss, softmaxLossBackward, accuracy
  case update, randomMask
  case scaleChannels, sumChannels, divide
  case prelu, preluBackward, preluSlopeBackward
  case standardizationForward, standardizationForwardGiven, standardizationBackward, standardizationBackwardGiven
  case standardizationForwardFinished, standardizationBackwardFinished
  case reduceRows, reduceRowsBackward
  case gatherRows, scatterAddRows, topK
  case copyRegion, tile, tileBackward, im2col, col2im
  case poolingForwardSampling
  case sigmoidCrossEntropy, sigmoidCrossEntropyBackward, hingeLoss, hingeLossBackward
  case multinomialLoss, multinomialLossBackward, infogainLoss, infogainLossBackward
  case contrastiveLoss, contrastiveLossBackward
  case lstmUnit, lstmUnitBackward, scaleRows
  case transformPictures
}

/// Hears of everything that a forwarding engine does: to count, to time, or to break it.
package protocol EngineListener: AnyObject {
  /// Called before a plan is made, with its forward operation; an error prevents it.
  func planning(_ operation: EngineOperation) throws
  /// Called before every operation with the buffers that it is going to write.
  func starting(_ operation: EngineOperation, writing buffers: [Buffer?])
  /// Called after every operation with the buffers that it wrote.
  func finished(_ operation: EngineOperation, writing buffers: [Buffer?])
  /// Called after every reduction with its result (−1 for none); what it returns goes to the caller.
  func reduced(_ operation: EngineOperation, to value: Float) -> Float
}

extension EngineListener {
  package func planning(_ operation: EngineOperation) throws {}
  package func starting(_ operation: EngineOperation, writing buffers: [Buffer?]) {}
  package func finished(_ operation: EngineOperation, writing buffers: [Buffer?]) {}
  package func reduced(_ operation: EngineOperation, to value: Float) -> Float { value }
}

/// An engine that lets another one do everything and tells a listener of it.
package final class ForwardingEngine: Engine {
  let base: any Engine
  private let listener: any EngineListener

  package init(_ base: any Engine, listener: any EngineListener) {
    self.base = base
    self.listener = listener
  }

  package var name: String { base.name }
  package var isDeferred: Bool { base.isDeferred }
  package func begin(_ place: String) { base.begin(place) }
  package func submit() { base.submit() }
  package func check() throws { try base.check() }
  package func finish() throws { try base.finish() }
  package func moment() -> any EngineMoment { base.moment() }
  package var summary: String { base.summary }

  /// Does an operation and tells of it.
  func forward(_ operation: EngineOperation, writing buffers: [Buffer?], _ body: () throws -> Void) rethrows {
    listener.starting(operation, writing: buffers)
    try body()
    listener.finished(operation, writing: buffers)
  }

  package func planInnerProduct(_ spec: InnerProductSpec) throws -> any InnerProductPlan {
    try listener.planning(.innerProductForward)
    return ForwardingInnerProduct(try base.planInnerProduct(spec), engine: self)
  }

  package func planConvolution(_ spec: ConvolutionSpec) throws -> any ConvolutionPlan {
    try listener.planning(.convolutionForward)
    return ForwardingConvolution(try base.planConvolution(spec), engine: self)
  }

  package func planPooling(_ spec: PoolingSpec) throws -> any PoolingPlan {
    try listener.planning(.poolingForward)
    return ForwardingPooling(try base.planPooling(spec), engine: self)
  }

  package func planLRN(_ spec: LRNSpec) throws -> any LRNPlan {
    try listener.planning(.lrnForward)
    return ForwardingLRN(try base.planLRN(spec), engine: self)
  }

  package func planStandardization(_ spec: StandardizationSpec) throws -> any StandardizationPlan {
    try listener.planning(.standardizationForward)
    return ForwardingStandardization(try base.planStandardization(spec), engine: self)
  }
}

extension ForwardingEngine {
  package func fill(_ buffer: Buffer, count: Int, with value: Float) {
    forward(.fill, writing: [buffer]) {
      base.fill(buffer, count: count, with: value)
    }
  }

  package func copy(_ source: Buffer, to target: Buffer, count: Int) {
    forward(.copy, writing: [target]) {
      base.copy(source, to: target, count: count)
    }
  }

  package func copyBlocks(_ spec: BlockCopySpec, from source: Buffer, to target: Buffer) {
    forward(.copyBlocks, writing: [target]) {
      base.copyBlocks(spec, from: source, to: target)
    }
  }

  package func gemm(_ spec: GemmSpec, _ a: Operand, _ b: Operand, into c: Operand) {
    forward(.gemm, writing: [c.buffer]) {
      base.gemm(spec, a, b, into: c)
    }
  }

  package func map(_ function: UnaryFunction, input: Buffer, output: Buffer, count: Int) {
    forward(.map, writing: [output]) {
      base.map(function, input: input, output: output, count: count)
    }
  }

  package func mapBackward(
    _ function: UnaryFunction, input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    forward(.mapBackward, writing: [inputGradient]) {
      base.mapBackward(
        function, input: input, output: output, outputGradient: outputGradient, inputGradient: inputGradient,
        count: count)
    }
  }

  package func axpby(_ alpha: Float, _ x: Buffer, _ beta: Float, _ y: Buffer, count: Int) {
    forward(.axpby, writing: [y]) {
      base.axpby(alpha, x, beta, y, count: count)
    }
  }

  package func multiply(_ a: Buffer, _ b: Buffer, output: Buffer, count: Int) {
    forward(.multiply, writing: [output]) {
      base.multiply(a, b, output: output, count: count)
    }
  }

  package func weightedSum(_ inputs: [Buffer], coefficients: [Float], output: Buffer, count: Int) {
    forward(.weightedSum, writing: [output]) {
      base.weightedSum(inputs, coefficients: coefficients, output: output, count: count)
    }
  }

  package func rectifiedSum(
    _ inputs: [Buffer], coefficients: [Float], negativeSlope: Float, output: Buffer, count: Int
  ) {
    forward(.rectifiedSum, writing: [output]) {
      base.rectifiedSum(
        inputs, coefficients: coefficients, negativeSlope: negativeSlope, output: output, count: count)
    }
  }

  package func rectifiedSumBackward(
    output: Buffer, outputGradient: Buffer, coefficients: [Float], negativeSlope: Float, inputGradients: [Buffer],
    count: Int
  ) {
    forward(.rectifiedSumBackward, writing: inputGradients) {
      base.rectifiedSumBackward(
        output: output, outputGradient: outputGradient, coefficients: coefficients, negativeSlope: negativeSlope,
        inputGradients: inputGradients, count: count)
    }
  }

  package func product(_ inputs: [Buffer], output: Buffer, count: Int) {
    forward(.product, writing: [output]) {
      base.product(inputs, output: output, count: count)
    }
  }

  package func productBackward(
    _ inputs: [Buffer], index: Int, output: Buffer?, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    forward(.productBackward, writing: [inputGradient]) {
      base.productBackward(
        inputs, index: index, output: output, outputGradient: outputGradient, inputGradient: inputGradient, count: count
      )
    }
  }

  package func maximum(_ inputs: [Buffer], output: Buffer, winners: Buffer, count: Int) {
    forward(.maximum, writing: [output, winners]) {
      base.maximum(inputs, output: output, winners: winners, count: count)
    }
  }

  package func maximumBackward(winners: Buffer, index: Int, outputGradient: Buffer, inputGradient: Buffer, count: Int) {
    forward(.maximumBackward, writing: [inputGradient]) {
      base.maximumBackward(
        winners: winners, index: index, outputGradient: outputGradient, inputGradient: inputGradient, count: count)
    }
  }
}

extension ForwardingEngine {
  package func absoluteSum(_ buffer: Buffer, count: Int) -> Float {
    listener.reduced(.absoluteSum, to: base.absoluteSum(buffer, count: count))
  }

  package func sumOfSquares(_ buffer: Buffer, count: Int) -> Float {
    listener.reduced(.sumOfSquares, to: base.sumOfSquares(buffer, count: count))
  }

  package func dot(_ a: Buffer, _ b: Buffer, count: Int) -> Float {
    listener.reduced(.dot, to: base.dot(a, b, count: count))
  }

  package func firstNonFinite(_ buffer: Buffer, count: Int) -> Int? {
    let index = listener.reduced(.firstNonFinite, to: Float(base.firstNonFinite(buffer, count: count) ?? -1))
    return index < 0 ? nil : Int(index)
  }

  package func softmax(_ spec: ChannelSpec, input: Buffer, output: Buffer) {
    forward(.softmax, writing: [output]) {
      base.softmax(spec, input: input, output: output)
    }
  }

  package func softmaxBackward(_ spec: ChannelSpec, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    forward(.softmaxBackward, writing: [inputGradient]) {
      base.softmaxBackward(spec, output: output, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }

  package func softmaxLoss(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, loss: Buffer,
    normalizer: Buffer
  ) throws {
    try forward(.softmaxLoss, writing: [loss, normalizer]) {
      try base.softmaxLoss(
        spec, probabilities: probabilities, labels: labels, classWeights: classWeights, loss: loss,
        normalizer: normalizer)
    }
  }

  package func softmaxLossBackward(
    _ spec: SoftmaxLossSpec, probabilities: Buffer, labels: Buffer, classWeights: Buffer?, lossGradient: Buffer,
    normalizer: Buffer, inputGradient: Buffer
  ) {
    forward(.softmaxLossBackward, writing: [inputGradient]) {
      base.softmaxLossBackward(
        spec, probabilities: probabilities, labels: labels, classWeights: classWeights, lossGradient: lossGradient,
        normalizer: normalizer, inputGradient: inputGradient)
    }
  }

  package func accuracy(
    _ spec: AccuracySpec, scores: Buffer, labels: Buffer, result: Buffer, perClass: Buffer?
  ) throws {
    try forward(.accuracy, writing: [result, perClass]) {
      try base.accuracy(spec, scores: scores, labels: labels, result: result, perClass: perClass)
    }
  }

  package func update(
    _ formula: UpdateFormula, _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int
  ) {
    forward(.update, writing: [weights, gradient] + histories) {
      base.update(formula, step, weights: weights, gradient: gradient, histories: histories, count: count)
    }
  }

  package func randomMask(
    _ buffer: Buffer, count: Int, probability: Double, value: Float, stream: inout RandomStream
  ) {
    forward(.randomMask, writing: [buffer]) {
      base.randomMask(buffer, count: count, probability: probability, value: value, stream: &stream)
    }
  }
}
