import Caffe
import CaffeTestSupport
import Testing

/// Operations of single layers against the original's numbers, on every engine.
@Suite(.serialized)
struct OriginalNumbersTests {
  private let plane = ChannelSpec(outer: 3, channels: 4, inner: 30)

  @Test
  func standardisesAsBatchNormDoes() throws {
    try onEveryEngine("batchnorm_train") { engine, original in
      let shape = ChannelSpec(outer: 5, channels: 4, inner: 30)
      let plan = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-5)))
      let (x, y, dx) = (try original.buffer("in/x"), Buffer(count: shape.count), Buffer(count: shape.count))
      let (mean, variance) = (Buffer(count: 4), Buffer(count: 4))
      plan.forward(input: x, mean: mean, variance: variance, output: y, copy: nil)
      try original.expect(y, "out/y")
      plan.backward(
        output: y, variance: variance, outputGradient: try original.buffer("seed/y"), inputGradient: dx)
      try original.expect(dx, "grad/x")
      // The moving averages.
      let averages = try original.buffer("param/t/0")
      engine.axpby(1, mean, 0.999, averages, count: 4)
      try original.expect(averages, "after/t/0")
    }
  }

  @Test
  func standardisesAsBatchNormDoesWithItsAverages() throws {
    try onEveryEngine("batchnorm_test") { engine, original in
      let shape = ChannelSpec(outer: 5, channels: 4, inner: 30)
      let plan = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: .epsilonInside(1e-5)))
      let (x, y, dx) = (try original.buffer("in/x"), Buffer(count: shape.count), Buffer(count: shape.count))
      let (mean, variance) = (Buffer(count: 4), Buffer(count: 4))
      let sum = try original.buffer("param/t/2")
      engine.divide(try original.buffer("param/t/0"), byScalar: sum, output: mean, count: 4)
      engine.divide(try original.buffer("param/t/1"), byScalar: sum, output: variance, count: 4)
      plan.forwardGiven(input: x, mean: mean, variance: variance, output: y)
      try original.expect(y, "out/y")
      plan.backwardGiven(variance: variance, outputGradient: try original.buffer("seed/y"), inputGradient: dx)
      try original.expect(dx, "grad/x")
    }
  }

  @Test(arguments: ["mvn", "mvn_novar"])
  func standardisesAsMVNDoes(_ name: String) throws {
    try onEveryEngine(name) { engine, original in
      let shape = ChannelSpec(outer: 1, channels: 12, inner: 30)
      let deviation: StandardizationSpec.Deviation = name == "mvn" ? .epsilonOutside(1e-9) : .none
      let plan = try engine.planStandardization(StandardizationSpec(shape: shape, deviation: deviation))
      let (x, y, dx) = (try original.buffer("in/x"), Buffer(count: shape.count), Buffer(count: shape.count))
      let (mean, variance) = (Buffer(count: 12), Buffer(count: 12))
      plan.forward(input: x, mean: mean, variance: variance, output: y, copy: nil)
      try original.expect(y, "out/y")
      plan.backward(
        output: y, variance: variance, outputGradient: try original.buffer("seed/y"), inputGradient: dx)
      try original.expect(dx, "grad/x")
    }
  }

  @Test(arguments: ["prelu", "prelu_shared"])
  func rectifies(_ name: String) throws {
    try onEveryEngine(name) { engine, original in
      let shape = name == "prelu" ? plane : ChannelSpec(outer: 3, channels: 1, inner: 120)
      let (x, y, dx) = (try original.buffer("in/x"), Buffer(count: shape.count), Buffer(count: shape.count))
      let (slopes, dy, slopeGradient) = (
        try original.buffer("param/t/0"), try original.buffer("seed/y"), Buffer(count: shape.channels)
      )
      engine.prelu(shape, input: x, slopes: slopes, output: y)
      engine.preluBackward(shape, input: x, slopes: slopes, outputGradient: dy, inputGradient: dx)
      engine.preluSlopeBackward(shape, input: x, outputGradient: dy, slopeGradient: slopeGradient)
      try original.expect(y, "out/y")
      try original.expect(dx, "grad/x")
      try original.expect(slopeGradient, "pgrad/t/0")
    }
  }

  @Test(
    arguments: [
      ("reduction_sum", RowReductionSpec.Operation.sum), ("reduction_asum", .absoluteSum),
      ("reduction_sumsq", .sumOfSquares), ("reduction_mean", .mean)
    ])
  func reducesRows(_ name: String, _ operation: RowReductionSpec.Operation) throws {
    try onEveryEngine(name) { engine, original in
      let rows = try original.tensor("out/y").values.count
      let coefficient: Float = try original.reductionCoefficient()
      let spec = RowReductionSpec(operation, rows: rows, columns: 360 / rows, coefficient: coefficient)
      let (x, y, dx) = (try original.buffer("in/x"), Buffer(count: rows), Buffer(count: 360))
      engine.reduceRows(spec, input: x, output: y)
      try original.expect(y, "out/y")
      engine.reduceRowsBackward(spec, input: x, outputGradient: try original.buffer("seed/y"), inputGradient: dx)
      try original.expect(dx, "grad/x")
    }
  }

  @Test
  func findsTheLargest() throws {
    try onEveryEngine("argmax_axis") { engine, original in
      let y = Buffer(count: 3 * 2 * 30)
      engine.topK(TopKSpec(shape: plane, k: 2), input: try original.buffer("in/x"), indices: y, values: nil)
      try original.expect(y, "out/y")
    }
    try onEveryEngine("argmax_topk") { engine, original in
      let (numbers, values, y) = (Buffer(count: 9), Buffer(count: 9), Buffer(count: 18))
      let spec = TopKSpec(shape: ChannelSpec(outer: 3, channels: 120, inner: 1), k: 3)
      engine.topK(spec, input: try original.buffer("in/x"), indices: numbers, values: values)
      for (part, buffer) in [numbers, values].enumerated() {
        let copy = BlockCopySpec(blocks: 3, length: 3, sourceStride: 3, targetOffset: part * 3, targetStride: 6)
        engine.copyBlocks(copy, from: buffer, to: y)
      }
      try original.expect(y, "out/y")
    }
  }

  @Test
  func picksRows() throws {
    try onEveryEngine("batch_reindex") { engine, original in
      let y = Buffer(count: 42)
      try engine.gatherRows(
        RowIndexSpec(rows: 5, length: 6, indices: 7), rows: try original.buffer("in/x"),
        indices: try original.buffer("in/i"), output: y)
      try original.expect(y, "out/y")
    }
    try onEveryEngine("embed") { engine, original in
      let spec = RowIndexSpec(rows: 11, length: 5, indices: 12)
      let (indices, y) = (try original.buffer("in/x"), Buffer(count: 60))
      let rows = ChannelSpec(outer: 12, channels: 5, inner: 1)
      try engine.gatherRows(spec, rows: try original.buffer("param/t/0"), indices: indices, output: y)
      engine.scaleChannels(rows, input: y, scale: nil, shift: try original.buffer("param/t/1"), output: y)
      try original.expect(y, "out/y")
      // The loss is half the sum of squares, so that y is its own gradient.
      let (weightGradient, biasGradient) = (Buffer(count: 55), Buffer(count: 5))
      try engine.scatterAddRows(spec, values: y, indices: indices, into: weightGradient)
      engine.sumChannels(rows, y, times: nil, alpha: 1, beta: 1, into: biasGradient)
      try original.expect(weightGradient, "pgrad/t/0")
      try original.expect(biasGradient, "pgrad/t/1")
    }
  }

  @Test
  func copiesBoxesTilesAndPatches() throws {
    try onEveryEngine("crop") { engine, original in
      let spec = RegionSpec(
        extents: [2, 3, 5, 4], source: [2, 3, 8, 9], sourceOffset: [0, 0, 1, 2], target: [2, 3, 5, 4],
        targetOffset: [0, 0, 0, 0])
      let (y, dx) = (Buffer(count: 120), Buffer(count: 432))
      engine.copyRegion(spec, from: try original.buffer("in/x"), to: y)
      engine.copyRegion(spec.reversed, from: try original.buffer("seed/y"), to: dx)
      try original.expect(y, "out/y")
      try original.expect(dx, "grad/x")
    }
    try onEveryEngine("tile") { engine, original in
      let (spec, y, dx) = (TileSpec(outer: 2, tiles: 3, inner: 12), Buffer(count: 72), Buffer(count: 24))
      engine.tile(spec, input: try original.buffer("in/x"), output: y)
      engine.tileBackward(spec, outputGradient: try original.buffer("seed/y"), inputGradient: dx)
      try original.expect(y, "out/y")
      try original.expect(dx, "grad/x")
    }
    try onEveryEngine("im2col") { engine, original in
      let spec = ConvolutionSpec(
        images: 2, inputChannels: 4, outputChannels: 1, input: [9, 8], kernel: [3, 3], stride: [2, 2],
        padding: [1, 1], dilation: [1, 1])
      let (y, dx) = (Buffer(count: 2 * 36 * 20), Buffer(count: 2 * 4 * 72))
      engine.im2col(spec, input: try original.buffer("in/x"), columns: y)
      engine.col2im(spec, columns: try original.buffer("seed/y"), input: dx)
      try original.expect(y, "out/y")
      try original.expect(dx, "grad/x")
    }
  }

  @Test(arguments: ["hinge_l1", "hinge_l2", "multinomial", "sigmoidce", "sigmoidce_ignore"])
  func computesLosses(_ name: String) throws {
    try onEveryEngine(name) { engine, original in
      let (x, labels) = (try original.buffer("in/x"), try original.buffer("in/l"))
      let (loss, normalizer, dx, one) = (Buffer(count: 1), Buffer(count: 1), Buffer(count: x.count), Buffer([1]))
      let shape = ChannelSpec(outer: 6, channels: 5, inner: 1)
      switch name {
      case "multinomial":
        try engine.multinomialLoss(shape, probabilities: x, labels: labels, loss: loss)
        engine.multinomialLossBackward(
          shape, probabilities: x, labels: labels, lossGradient: one, inputGradient: dx)
      case "hinge_l1", "hinge_l2":
        let spec = HingeLossSpec(shape: shape, norm: name == "hinge_l1" ? .l1 : .l2)
        try engine.hingeLoss(spec, scores: x, labels: labels, loss: loss)
        engine.hingeLossBackward(spec, scores: x, labels: labels, lossGradient: one, inputGradient: dx)
      default:
        let spec = SigmoidCrossEntropySpec(
          images: 4, length: 15, ignoredLabel: name == "sigmoidce" ? nil : 0,
          normalization: name == "sigmoidce" ? .batchSize : .valid)
        engine.sigmoidCrossEntropy(spec, scores: x, targets: labels, loss: loss, normalizer: normalizer)
        engine.sigmoidCrossEntropyBackward(
          spec, scores: x, targets: labels, lossGradient: one, normalizer: normalizer, inputGradient: dx)
      }
      try original.expect(loss, "out/y")
      try original.expect(dx, "grad/x")
    }
  }

  @Test
  func computesTheInformationGain() throws {
    try onEveryEngine("infogain") { engine, original in
      let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 6, channels: 5, inner: 1))
      let (labels, matrix, p) = (try original.buffer("in/l"), try original.buffer("in/h"), Buffer(count: 30))
      let (loss, normalizer, gradient, biasGradient) = (
        Buffer(count: 1), Buffer(count: 1), Buffer(count: 30), Buffer(count: 5)
      )
      engine.softmax(spec.shape, input: try original.buffer("out/f"), output: p)
      try engine.infogainLoss(
        spec, probabilities: p, labels: labels, matrix: matrix, loss: loss, normalizer: normalizer)
      engine.infogainLossBackward(
        spec, probabilities: p, labels: labels, matrix: matrix, lossGradient: Buffer([1]), normalizer: normalizer,
        inputGradient: gradient)
      engine.sumChannels(spec.shape, gradient, times: nil, alpha: 1, beta: 0, into: biasGradient)
      try original.expect(loss, "out/y")
      try original.expect(biasGradient, "pgrad/ip/1")
    }
  }

  @Test
  func contrastsPairs() throws {
    try onEveryEngine("contrastive") { engine, original in
      let spec = ContrastiveLossSpec(pairs: 8, length: 3, margin: 3.5)
      let (a, b, similar) = (
        try original.buffer("in/a"), try original.buffer("in/b"), try original.buffer("in/s")
      )
      let (loss, da, db) = (Buffer(count: 1), Buffer(count: 24), Buffer(count: 24))
      engine.contrastiveLoss(spec, a: a, b: b, similar: similar, loss: loss)
      engine.contrastiveLossBackward(
        spec, a: a, b: b, similar: similar, lossGradient: Buffer([1]), aGradient: da, bGradient: db)
      try original.expect(loss, "out/y")
      try original.expect(da, "grad/a")
      try original.expect(db, "grad/b")
    }
  }

  @Test
  func stepsThroughLongShortTermMemory() throws {
    try onEveryEngine("lstm_unit") { engine, original in
      let spec = RecurrentSpec(rows: 3, length: 5)
      let held = Operand(try original.buffer("in/cp"))
      let gates = Operand(try original.buffer("in/g"))
      let goesOn = Operand(try original.buffer("in/cont"))
      let (c, h, dc, dg) = (Buffer(count: 15), Buffer(count: 15), Buffer(count: 15), Buffer(count: 60))
      engine.lstmUnit(
        spec, previousCell: held, gates: gates, continuation: goesOn, cell: Operand(c), hidden: Operand(h))
      engine.lstmUnitBackward(
        spec, previousCell: held, gates: gates, continuation: goesOn, cell: Operand(c),
        cellGradient: Operand(try original.buffer("seed/c")), hiddenGradient: Operand(try original.buffer("seed/h")),
        previousCellGradient: Operand(dc), gateGradient: Operand(dg))
      try original.expect(c, "out/c")
      try original.expect(h, "out/h")
      try original.expect(dc, "grad/cp")
      try original.expect(dg, "grad/g")
    }
  }

  private func onEveryEngine(_ name: String, _ body: (any Engine, Original) throws -> Void) throws {
    let original = try Original(name)
    for engine in TestEngines.all { try body(engine, original) }
  }
}

/// What the original computes for one layer.
private struct Original {
  private let name: String
  private let content: ReferenceCase.Content

  init(_ name: String) throws {
    self.name = name
    content = try #require(ReferenceCase.layers.first { $0.name == name }, "no case \(name)").read()
  }

  func tensor(_ tensor: String) throws -> SafeTensors.Tensor {
    try #require(content.tensors.tensors[tensor], "\(name) has no \(tensor)")
  }

  func buffer(_ tensor: String) throws -> Buffer { Buffer(try self.tensor(tensor).values) }

  func reductionCoefficient() throws -> Float { try #require(content.net.net.layer.last).reductionParam.coeff }

  func expect(_ got: Buffer, _ tensor: String) throws {
    let difference = Tolerance.sums.worstDifference(got: got.values, want: try self.tensor(tensor).values)
    #expect(difference.passed, "\(name) \(tensor): \(difference)")
  }
}
