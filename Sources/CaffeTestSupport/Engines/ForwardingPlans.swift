import CaffeCore

final class ForwardingInnerProduct: InnerProductPlan {
  private let base: any InnerProductPlan
  private let engine: ForwardingEngine

  var method: String { base.method }

  init(_ base: any InnerProductPlan, engine: ForwardingEngine) {
    self.base = base
    self.engine = engine
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    engine.forward(.innerProductForward, writing: [output]) {
      base.forward(input: input, weights: weights, bias: bias, output: output)
    }
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    engine.forward(.innerProductBackwardData, writing: [inputGradient]) {
      base.backwardData(outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    engine.forward(.innerProductBackwardParameters, writing: [weightGradient, biasGradient]) {
      base.backwardParameters(
        input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: biasGradient)
    }
  }
}

final class ForwardingConvolution: ConvolutionPlan {
  private let base: any ConvolutionPlan
  private let engine: ForwardingEngine

  var method: String { base.method }

  init(_ base: any ConvolutionPlan, engine: ForwardingEngine) {
    self.base = base
    self.engine = engine
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    engine.forward(.convolutionForward, writing: [output]) {
      base.forward(input: input, weights: weights, bias: bias, output: output)
    }
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    engine.forward(.convolutionForwardFinished, writing: [output]) {
      base.forward(input: input, weights: weights, bias: bias, output: output, finish: finish)
    }
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    engine.forward(.convolutionBackwardData, writing: [inputGradient]) {
      base.backwardData(outputGradient: outputGradient, weights: weights, inputGradient: inputGradient)
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    engine.forward(.convolutionBackwardParameters, writing: [weightGradient, biasGradient]) {
      base.backwardParameters(
        input: input, outputGradient: outputGradient, weightGradient: weightGradient, biasGradient: biasGradient)
    }
  }
}

final class ForwardingPooling: PoolingPlan {
  private let base: any PoolingPlan
  private let engine: ForwardingEngine

  init(_ base: any PoolingPlan, engine: ForwardingEngine) {
    self.base = base
    self.engine = engine
  }

  func forward(input: Buffer, output: Buffer, mask: Buffer?) {
    engine.forward(.poolingForward, writing: [output, mask]) {
      base.forward(input: input, output: output, mask: mask)
    }
  }

  func forwardSampling(input: Buffer, output: Buffer, mask: Buffer?, stream: inout RandomStream) {
    engine.forward(.poolingForwardSampling, writing: [output, mask]) {
      base.forwardSampling(input: input, output: output, mask: mask, stream: &stream)
    }
  }

  func backward(outputGradient: Buffer, inputGradient: Buffer) {
    engine.forward(.poolingBackward, writing: [inputGradient]) {
      base.backward(outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
}

final class ForwardingLRN: LRNPlan {
  private let base: any LRNPlan
  private let engine: ForwardingEngine

  init(_ base: any LRNPlan, engine: ForwardingEngine) {
    self.base = base
    self.engine = engine
  }

  func forward(input: Buffer, output: Buffer) {
    engine.forward(.lrnForward, writing: [output]) {
      base.forward(input: input, output: output)
    }
  }

  func backward(input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    engine.forward(.lrnBackward, writing: [inputGradient]) {
      base.backward(input: input, output: output, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
}

final class ForwardingStandardization: StandardizationPlan {
  private let base: any StandardizationPlan
  private let engine: ForwardingEngine

  init(_ base: any StandardizationPlan, engine: ForwardingEngine) {
    self.base = base
    self.engine = engine
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer, copy: Buffer?) {
    engine.forward(.standardizationForward, writing: [mean, variance, output, copy]) {
      base.forward(input: input, mean: mean, variance: variance, output: output, copy: copy)
    }
  }

  func forwardGiven(input: Buffer, mean: Buffer, variance: Buffer, output: Buffer) {
    engine.forward(.standardizationForwardGiven, writing: [output]) {
      base.forwardGiven(input: input, mean: mean, variance: variance, output: output)
    }
  }

  func backward(output: Buffer, variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    engine.forward(.standardizationBackward, writing: [inputGradient]) {
      base.backward(
        output: output, variance: variance, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }

  func forward(input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer) {
    engine.forward(.standardizationForwardFinished, writing: [mean, variance, output]) {
      base.forward(input: input, mean: mean, variance: variance, finish: finish, output: output)
    }
  }

  func backward(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer
  ) {
    engine.forward(.standardizationBackwardFinished, writing: [scaleGradient, shiftGradient, inputGradient]) {
      base.backward(
        input: input, mean: mean, variance: variance, finish: finish, output: output, outputGradient: outputGradient,
        scaleGradient: scaleGradient, shiftGradient: shiftGradient, inputGradient: inputGradient)
    }
  }

  func backwardGiven(variance: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    engine.forward(.standardizationBackwardGiven, writing: [inputGradient]) {
      base.backwardGiven(variance: variance, outputGradient: outputGradient, inputGradient: inputGradient)
    }
  }
}
