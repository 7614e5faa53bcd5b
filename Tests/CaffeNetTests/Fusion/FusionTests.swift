import Caffe
import CaffeTestSupport
import Testing

/// Layers computed at once give what they give one by one, whatever is asked for.
@Suite(.serialized) struct FusionTests {
  /// A block of a residual net, whose normalizations work in-place, and a chain of blobs of their own names.
  private static let residual = """
    layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 3 dim: 16 dim: 6 dim: 6 } } }
    layer { name: "c1" type: "Convolution" bottom: "x" top: "c1" convolution_param { num_output: 32 kernel_size: 3 pad: 1 weight_filler { type: "xavier" } bias_term: false } }
    layer { name: "b1" type: "BatchNorm" bottom: "c1" top: "c1" }
    layer { name: "s1" type: "Scale" bottom: "c1" top: "c1" scale_param { bias_term: true filler { type: "uniform" min: 0.5 max: 2 } bias_filler { type: "uniform" min: -1 max: 1 } } }
    layer { name: "r1" type: "ReLU" bottom: "c1" top: "c1" }
    layer { name: "c2" type: "Convolution" bottom: "c1" top: "c2" convolution_param { num_output: 32 kernel_size: 1 weight_filler { type: "xavier" } } }
    layer { name: "b2" type: "BatchNorm" bottom: "c2" top: "c2" }
    layer { name: "s2" type: "Scale" bottom: "c2" top: "c2" scale_param { bias_term: true filler { type: "uniform" min: 0.5 max: 2 } } }
    layer { name: "sum" type: "Eltwise" bottom: "c1" bottom: "c2" top: "sum" }
    layer { name: "r2" type: "ReLU" bottom: "sum" top: "sum" }
    layer { name: "c3" type: "Convolution" bottom: "sum" top: "c3" convolution_param { num_output: 5 kernel_size: 3 weight_filler { type: "xavier" } } }
    layer { name: "b3" type: "BatchNorm" bottom: "c3" top: "b3" }
    layer { name: "s3" type: "Scale" bottom: "b3" top: "s3" scale_param { filler { type: "uniform" min: 0.5 max: 2 } } }
    layer { name: "r3" type: "ReLU" bottom: "s3" top: "r3" relu_param { negative_slope: 0.25 } }
    layer { name: "l" type: "Reduction" bottom: "r3" top: "l" loss_weight: 1 reduction_param { operation: SUMSQ coeff: 0.01 } }
    """

  private func net(fusing: Bool, _ phase: Phase, _ engine: any Engine, force: Bool = true) throws -> Net {
    let text = (force ? "force_backward: true\n" : "") + FusionTests.residual
    let read = try NetReader.parseNet(text: text, fileName: "net.prototxt")
    var context = Context(engine: engine, phase: phase, registry: .standard, random: RandomSource(seed: 3))
    context.fusesLayers = fusing
    let net = try Net(read.net, context: context, locations: read.layerLocations)
    var stream = RandomSource(seed: 4).stream("values")
    for layer in net.layers where type(of: layer).typeName == "BatchNorm" {
      layer.blobs[0].data.set(stream.buffer(layer.blobs[0].count).values)
      layer.blobs[1].data.set(stream.buffer(layer.blobs[1].count, in: 0.5...2).values)
      layer.blobs[2].data.set([2])
    }
    try net.inputs[0].blob.setData(stream.buffer(net.inputs[0].blob.count).values)
    return net
  }

  private func pairs(_ phase: Phase, force: Bool = true, _ body: (_ fused: Net, _ single: Net) throws -> Void) throws {
    for engine in TestEngines.all {
      try body(net(fusing: true, phase, engine, force: force), net(fusing: false, phase, engine, force: force))
    }
  }

  private func expectEqual(_ got: [Float], _ want: [Float], _ name: String) {
    let difference = Tolerance.sums.worstDifference(got: got, want: want)
    #expect(difference.passed, "\(name): \(difference)")
  }

  private func expectEqualBlobs(_ fused: Net, _ single: Net, _ part: KeyPath<Blob, Buffer> = \.data) {
    for (name, blobs) in zip(fused.blobNames, zip(fused.blobs, single.blobs)) {
      expectEqual(blobs.0[keyPath: part].values, blobs.1[keyPath: part].values, name)
    }
  }

  private func expectEqualParameters(_ fused: Net, _ single: Net) {
    for (one, other) in zip(fused.parameters, single.parameters) {
      expectEqual(one.blob.diff.values, other.blob.diff.values, "gradient of \(one.layer.name) \(one.index)")
      expectEqual(one.blob.data.values, other.blob.data.values, "\(one.layer.name) \(one.index)")
    }
  }

  @Test(arguments: [Phase.test, .train]) func everyBlobHoldsWhatItHoldsOneByOne(phase: Phase) throws {
    try pairs(phase) { fused, single in
      let losses = (try fused.forward(), try single.forward())
      #expect(abs(losses.0 - losses.1) < 1e-4 * abs(losses.1))
      expectEqualBlobs(fused, single)
    }
  }

  @Test func blobsThatWereNeverComputedAreWhenTheyAreRead() throws {
    try pairs(.test, force: false) { fused, single in
      for _ in 0..<2 {
        try fused.forward()
        try single.forward()
        for name in ["s3", "b3", "c3", "c2", "r3"] {
          let (one, other) = (fused.blob(named: name), single.blob(named: name))
          expectEqual(one?.data.values ?? [], other?.data.values ?? [0], name)
        }
        for net in [fused, single] { try net.inputs[0].blob.setData(net.inputs[0].blob.data.values.map { 1 - $0 }) }
      }
    }
  }

  @Test func gradientsAndStatisticsAreTheSameWhileTraining() throws {
    try pairs(.train) { fused, single in
      for net in [fused, single] {
        for _ in 0..<2 {
          try net.forward()
          try net.backward()
        }
      }
      expectEqualParameters(fused, single)
      expectEqual(fused.inputs[0].blob.diff.values, single.inputs[0].blob.diff.values, "gradient of the input")
    }
  }

  @Test(arguments: [Phase.test, .train]) func passesOverAPartAreThoseOfSingleLayers(phase: Phase) throws {
    try pairs(phase) { fused, single in
      for net in [fused, single] {
        let middle = net.layers.firstIndex { $0.name == "b2" } ?? 0
        try net.forward()
        net.clearGradients()
        try net.backward(through: middle)
        try net.backward(from: middle - 1)
      }
      expectEqualParameters(fused, single)
      for net in [fused, single] {
        let middle = net.layers.firstIndex { $0.name == "s2" } ?? 0
        try net.forward(from: 0, through: middle - 1)
        try net.forward(from: middle)
        net.clearGradients()
        try net.backward()
      }
      expectEqualBlobs(fused, single)
      expectEqualParameters(fused, single)
    }
  }

  @Test func changedWeightsAndStatisticsCount() throws {
    try pairs(.test) { fused, single in
      for net in [fused, single] {
        try net.forward()
        for parameter in net.parameters {
          parameter.blob.data.set(parameter.blob.data.values.map { 0.5 * $0 + 0.1 })
        }
        try net.forward()
      }
      expectEqualBlobs(fused, single)
    }
  }

  @Test func debugInfoSeesEveryLayer() throws {
    let net = try net(fusing: true, .train, CPUEngine())
    try net.forward()
    net.debugInfo = true
    try net.forward()
    net.clearGradients()
    try net.backward()
    let other = try self.net(fusing: false, .train, CPUEngine())
    try other.forward()
    try other.forward()
    try other.backward()
    expectEqualParameters(net, other)
  }
}
