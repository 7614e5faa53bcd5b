import CaffeCPUEngine
import CaffeCore
import CaffeTestSupport
import Testing

/// Operations on values that lie in lanes of channels, sixteen or eight side by side, compute what they do on plain values: convolutions
/// leave one of the two, by the processor.
@Suite(.serialized)
struct ChannelLanesTests {
  /// Three blocks of channels; an odd number of places: with eight channels the last one has no neighbour to share a vector with.
  private func shape(_ width: Int) -> ChannelSpec { ChannelSpec(outer: 3, channels: 3 * width, inner: 5 * 7) }

  /// Runs operations on buffers that are put in lanes of the width, or left plain.
  private func outputs(
    _ width: Int, inLanes: Bool, _ compute: (_ engine: CPUEngine, _ inputs: [Buffer], _ outputs: [Buffer]) -> Void
  ) -> [[Float]] {
    let shape = shape(width)
    let engine = CPUEngine(threads: 2)
    var stream = RandomStream(seed: 5)
    let inputs = (0..<3).map { _ in stream.buffer(shape.count) }
    let outputs = (0..<4).map { _ in Buffer([Float](repeating: 0, count: shape.count)) }
    if inLanes { for input in inputs { engine.putInLanes(input, shape, width: width) } }
    compute(engine, inputs, outputs)
    return outputs.map(\.values)
  }

  private func expectSame(
    _ width: Int, _ compute: (_ engine: CPUEngine, _ inputs: [Buffer], _ outputs: [Buffer]) -> Void
  ) {
    for (found, expected) in zip(outputs(width, inLanes: true, compute), outputs(width, inLanes: false, compute)) {
      let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      #expect(worst < 1e-5)
    }
  }

  private func coefficients(_ width: Int, _ seed: UInt64) -> Buffer {
    var stream = RandomStream(seed: seed)
    return stream.buffer(shape(width).channels, in: 0.5...1.5)
  }

  @Test(arguments: [8, 16])
  func valuesSurviveTheWayThereAndBack(_ width: Int) {
    let shape = shape(width)
    let engine = CPUEngine(threads: 2)
    var stream = RandomStream(seed: 1)
    let values = stream.values(shape.count)
    let buffer = Buffer(values)
    engine.putInLanes(buffer, shape, width: width)
    engine.map(.relu(negativeSlope: 1), input: buffer, output: buffer, count: shape.count)
    #expect(buffer.currentReplica != nil)
    #expect(buffer.values == values)
  }

  @Test(arguments: [8, 16], [PoolingSpec.Method.max, .average])
  func poolingAgrees(_ width: Int, _ method: PoolingSpec.Method) {
    for (kernel, output) in [(2, [3, 4]), (3, [2, 3])] {
      expectSame(width) { engine, inputs, outputs in
        let spec = PoolingSpec(
          method: method, images: 3, channels: 3 * width, input: [5, 7], kernel: [kernel, kernel], stride: [2, 2],
          padding: [0, 0], output: output)
        let plan = engine.planPooling(spec)
        let (y, dy) = (Buffer(count: spec.outputCount), Buffer([Float](repeating: 0.25, count: spec.outputCount)))
        plan.forward(input: inputs[0], output: y, mask: nil)
        #expect((y.currentReplica != nil) == (inputs[0].currentReplica != nil))
        plan.backward(outputGradient: dy, inputGradient: outputs[0])
        engine.copy(y, to: outputs[1], count: spec.outputCount)
      }
    }
  }

  @Test(arguments: [8, 16])
  func responseNormalizationAgrees(_ width: Int) {
    expectSame(width) { engine, inputs, outputs in
      let plan = engine.planLRN(
        LRNSpec(
          region: .acrossChannels, size: 5, alpha: 0.5, beta: 0.75, k: 1, images: 3, channels: 3 * width, height: 5,
          width: 7))
      plan.forward(input: inputs[0], output: outputs[0])
      plan.backward(input: inputs[0], output: outputs[0], outputGradient: inputs[1], inputGradient: outputs[1])
    }
  }

  @Test(arguments: [8, 16])
  func coefficientsOfChannelsAgree(_ width: Int) {
    let shape = shape(width)
    let (scale, shift, sums) = (
      coefficients(width, 2), coefficients(width, 3), (0..<3).map { _ in coefficients(width, 4) }
    )
    expectSame(width) { engine, inputs, outputs in
      engine.scaleChannels(shape, input: inputs[0], scale: scale, shift: shift, output: outputs[0])
      engine.prelu(shape, input: inputs[0], slopes: shift, output: outputs[1])
      engine.preluBackward(
        shape, input: inputs[0], slopes: shift, outputGradient: inputs[1], inputGradient: outputs[2])
      engine.sumChannels(shape, inputs[0], times: nil, alpha: 1, beta: 0, into: sums[0])
      engine.sumChannels(shape, inputs[0], times: inputs[1], alpha: 1, beta: 0, into: sums[1])
      engine.fill(sums[2], count: shape.channels, with: 0)
      engine.preluSlopeBackward(shape, input: inputs[0], outputGradient: inputs[1], slopeGradient: sums[2])
      for (row, sum) in sums.enumerated() {
        let copy = BlockCopySpec(
          blocks: 1, length: shape.channels, sourceStride: shape.channels, targetOffset: row * shape.channels,
          targetStride: shape.channels)
        engine.copyBlocks(copy, from: sum, to: outputs[3])
      }
    }
  }

  @Test(arguments: [8, 16])
  func standardizationAgrees(_ width: Int) {
    let shape = shape(width)
    expectSame(width) { engine, inputs, outputs in
      let plan = engine.planStandardization(StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-3)))
      let (mean, variance) = (Buffer(count: shape.channels), Buffer(count: shape.channels))
      plan.forward(input: inputs[0], mean: mean, variance: variance, output: outputs[0], copy: nil)
      plan.backward(output: outputs[0], variance: variance, outputGradient: inputs[1], inputGradient: outputs[1])
      let finish = StandardizationFinish(
        scale: self.coefficients(width, 2), shift: self.coefficients(width, 3), negativeSlope: 0)
      plan.forward(input: inputs[0], mean: mean, variance: variance, finish: finish, output: outputs[2])
      plan.backward(
        input: inputs[0], mean: mean, variance: variance, finish: finish, output: outputs[2], outputGradient: inputs[1],
        scaleGradient: self.coefficients(width, 4), shiftGradient: self.coefficients(width, 4),
        inputGradient: outputs[3])
    }
  }

  @Test(arguments: [8, 16])
  func concatenationAgrees(_ width: Int) {
    let shape = shape(width)
    expectSame(width) { engine, inputs, outputs in
      // A third of the channels of each.
      let (image, third) = (shape.channels * shape.inner, width * shape.inner)
      for (index, input) in inputs.enumerated() {
        engine.copyBlocks(
          BlockCopySpec(
            blocks: shape.outer, length: third, sourceOffset: index * third, sourceStride: image,
            targetOffset: index * third, targetStride: image), from: input, to: outputs[0])
      }
    }
  }
}
