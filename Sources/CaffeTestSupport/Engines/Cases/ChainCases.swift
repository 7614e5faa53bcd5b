import CaffeCore

extension EngineCase {
  /// Several operations in a row, between which an engine may keep values in forms of its own.
  package static var chains: [EngineCase] {
    let shapes: [(String, ConvolutionSpec)] = [
      ("few channels", .square(5, 3, 6, input: 9, kernel: 3, padding: 1)),
      ("16 images of one channel", .square(16, 1, 20, input: 12, kernel: 5)),
      ("17 images", .square(17, 4, 5, input: 8, kernel: 3)),
      ("16 channels", .square(2, 16, 32, input: 8, kernel: 3, padding: 1)),
      ("one image", .square(1, 8, 16, groups: 2, input: 7, kernel: 3, padding: 1))
    ]
    return shapes.flatMap { name, spec in
      [
        ConvolutionChain.engineCase("chain/\(name)", spec, peeks: false),
        ConvolutionChain.engineCase("chain/\(name), read in the middle", spec, peeks: true),
        updatedWeights("weights change/\(name)", spec),
        mixedUses("mixed uses/\(name)", spec)
      ]
    } + [reshaped]
  }

  /// Weights that change between two passes, by the engine and by hand: copies in another form must not outlive them.
  private static func updatedWeights(_ name: String, _ spec: ConvolutionSpec) -> EngineCase {
    EngineCase(name) { engine, stream in
      let plan = try engine.planConvolution(spec)
      let x = stream.buffer(spec.images * spec.inputCount)
      let (w, b) = (stream.buffer(spec.weightCount), stream.buffer(spec.outputChannels))
      let (dw, h) = (Buffer(count: w.count), Buffer(count: w.count))
      let outputs = (0..<3).map { _ in Buffer.dirty(spec.images * spec.outputCount) }
      let dx = Buffer.dirty(x.count)
      let step = UpdateStep(rate: 0.1 / Float(spec.images), weightDecay: 0.01)
      let byHand = stream.values(w.count)
      let named = outputs.enumerated().map { ("output \($0)", $1) }
      return EngineRun(named + [("weights", w), ("gradient of the input", dx)]) {
        plan.forward(input: x, weights: w, bias: b, output: outputs[0])
        plan.backwardParameters(input: x, outputGradient: outputs[0], weightGradient: dw, biasGradient: nil)
        engine.update(.sgd(momentum: 0.9), step, weights: w, gradient: dw, histories: [h], count: w.count)
        plan.forward(input: x, weights: w, bias: b, output: outputs[1])
        plan.backwardData(outputGradient: outputs[1], weights: w, inputGradient: dx)
        w.set(byHand)
        plan.forward(input: x, weights: w, bias: b, output: outputs[2])
        plan.backwardData(outputGradient: outputs[2], weights: w, inputGradient: dx)
      }
    }
  }

  /// A convolution's output used by operations that know nothing of its form, and changed in parts.
  private static func mixedUses(_ name: String, _ spec: ConvolutionSpec) -> EngineCase {
    EngineCase(name) { engine, stream in
      let plan = try engine.planConvolution(spec)
      let x = stream.buffer(spec.images * spec.inputCount)
      let w = stream.buffer(spec.weightCount)
      let count = spec.images * spec.outputCount
      let (y, plain) = (Buffer.dirty(count), stream.buffer(count))
      let (sum, joined, probabilities) = (Buffer.dirty(count), stream.buffer(2 * count), Buffer.dirty(count))
      let numbers = Buffer.dirty(2)
      let perImage = BlockCopySpec(
        blocks: spec.images, length: spec.outputCount, sourceStride: spec.outputCount, targetOffset: spec.outputCount,
        targetStride: 2 * spec.outputCount)
      let channels = ChannelSpec(
        outer: spec.images, channels: spec.outputChannels, inner: spec.outputCount / spec.outputChannels)
      return EngineRun([
        ("sum", sum), ("joined", joined), ("softmax", probabilities), ("changed", y), ("numbers", numbers)
      ]) {
        plan.forward(input: x, weights: w, bias: nil, output: y)
        engine.weightedSum([y, plain], coefficients: [1, 0.5], output: sum, count: count)
        engine.axpby(0.5, plain, 1, sum, count: count)
        engine.copyBlocks(perImage, from: y, to: joined)
        engine.softmax(channels, input: y, output: probabilities)
        numbers[0] = engine.sumOfSquares(y, count: count)
        numbers[1] = engine.dot(y, plain, count: count)
        engine.fill(y, count: 5, with: 2)
        engine.map(.relu(negativeSlope: 0.1), input: y, output: y, count: count - 3)
        engine.axpby(0.25, y, 1, y, count: count)
      }
    }
  }

  /// The same buffers at one batch size, then at another.
  private static var reshaped: EngineCase {
    EngineCase("chain/batch changes from 20 to 3 to 18") { engine, stream in
      let (x, y, dx) = (Buffer(), Buffer(), Buffer())
      let (w, b) = (stream.buffer(6 * 4 * 9), stream.buffer(6))
      let (dw, db) = (Buffer(count: w.count), Buffer(count: 6))
      var runs: [(ConvolutionSpec, [Float])] = []
      for images in [20, 3, 18] {
        let spec = ConvolutionSpec.square(images, 4, 6, input: 6, kernel: 3, padding: 1)
        runs.append((spec, stream.values(images * spec.inputCount)))
      }
      let outputs = [("output", y), ("gradient of the input", dx), ("of weights", dw), ("of bias", db)]
      return EngineRun(outputs) {
        for (spec, values) in runs {
          let count = spec.images * spec.outputCount
          let plan = try engine.planConvolution(spec)
          x.resize(to: values.count)
          dx.resize(to: values.count)
          y.resize(to: count)
          x.set(values)
          plan.forward(input: x, weights: w, bias: b, output: y)
          engine.map(.relu(negativeSlope: 0), input: y, output: y, count: count)
          plan.backwardData(outputGradient: y, weights: w, inputGradient: dx)
          plan.backwardParameters(input: x, outputGradient: y, weightGradient: dw, biasGradient: db)
        }
      }
    }
  }
}
