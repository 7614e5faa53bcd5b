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
    } + [reshaped] + [(16, 32), (32, 24)].map { branches(channels: $0) }
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

  /// Two convolutions of one input, joined along the channels, normalised and pooled; the gradient is cut up again.
  private static func branches(channels: (Int, Int)) -> EngineCase {
    EngineCase("chain/branches of \(channels.0) and \(channels.1) channels") { engine, stream in
      let images = 3
      let places = 144
      let specs = [channels.0, channels.1].map {
        ConvolutionSpec.square(images, 16, $0, input: 12, kernel: 3, padding: 1)
      }
      let plans = try specs.map { try engine.planConvolution($0) }
      let all = channels.0 + channels.1
      let normalization = try engine.planLRN(
        LRNSpec(
          region: .acrossChannels, size: 5, alpha: 0.5, beta: 0.75, k: 1, images: images, channels: all, height: 12,
          width: 12))
      let pool = PoolingSpec.rounded(
        .max, images: images, channels: all, input: [12, 12], kernel: [3, 3], stride: [2, 2], padding: [1, 1])
      let pooling = try engine.planPooling(pool)
      let x = stream.buffer(images * specs[0].inputCount)
      let weights = specs.map { stream.buffer($0.weightCount) }
      let parts = specs.map { Buffer(count: images * $0.outputCount) }
      let gradients = parts.map { Buffer(count: $0.count) }
      let (joined, normalized) = (Buffer(count: images * all * places), Buffer.dirty(images * all * places))
      let (pooled, pooledGradient) = (Buffer.dirty(pool.outputCount), stream.buffer(pool.outputCount))
      let (e, d) = (Buffer.dirty(joined.count), Buffer.dirty(joined.count))
      let inputGradients = specs.map { _ in Buffer.dirty(x.count) }
      let weightGradients = weights.map { Buffer(count: $0.count) }
      let offsets = [0, channels.0 * places]
      return EngineRun(
        [("joined", joined), ("pooled", pooled)] + parts.map { ("part", $0) } + gradients.map { ("its gradient", $0) }
          + inputGradients.map { ("gradient of the input", $0) } + weightGradients.map { ("of weights", $0) }
      ) {
        for (index, plan) in plans.enumerated() {
          plan.forward(input: x, weights: weights[index], bias: nil, output: parts[index])
          let length = specs[index].outputCount
          engine.copyBlocks(
            BlockCopySpec(
              blocks: images, length: length, sourceStride: length, targetOffset: offsets[index],
              targetStride: all * places), from: parts[index], to: joined)
        }
        normalization.forward(input: joined, output: normalized)
        pooling.forward(input: normalized, output: pooled, mask: nil)
        pooling.backward(outputGradient: pooledGradient, inputGradient: e)
        normalization.backward(input: joined, output: normalized, outputGradient: e, inputGradient: d)
        for (index, plan) in plans.enumerated() {
          let length = specs[index].outputCount
          engine.copyBlocks(
            BlockCopySpec(
              blocks: images, length: length, sourceOffset: offsets[index], sourceStride: all * places,
              targetStride: length), from: d, to: gradients[index])
          plan.backwardData(
            outputGradient: gradients[index], weights: weights[index], inputGradient: inputGradients[index])
          plan.backwardParameters(
            input: x, outputGradient: gradients[index], weightGradient: weightGradients[index], biasGradient: nil)
        }
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
