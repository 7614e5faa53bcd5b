import CaffeCore

final class ForwardingInnerProduct: InnerProductPlan {
  private let base: any InnerProductPlan
  private let engine: ForwardingEngine

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

  init(_ base: any ConvolutionPlan, engine: ForwardingEngine) {
    self.base = base
    self.engine = engine
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    engine.forward(.convolutionForward, writing: [output]) {
      base.forward(input: input, weights: weights, bias: bias, output: output)
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
