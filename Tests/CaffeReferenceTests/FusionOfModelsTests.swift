import Caffe
import CaffeTestSupport
import Testing

/// Published models with layers computed at once and one by one.
@Suite(.serialized) struct FusionOfModelsTests {
  @Test func everyModelAgreesWithTheOriginalEitherWay() {
    let models = ReferenceCase.models
    if models.isEmpty { print("skipped: published models, which need CAFFE_REFERENCE_DIR") }
    for model in models {
      for fusing in [true, false] {
        let outcome = model.run(on: CPUEngine(), fusing: fusing)
        print("\(outcome.line), \(fusing ? "fused" : "not fused")")
        #expect(outcome.verdict != .failed, "\(outcome.line)")
      }
    }
  }

  /// The results of both ways differ by rounding, blob by blob.
  @Test func everyBlobOfEveryModelIsTheSameEitherWay() throws {
    for model in ReferenceCase.models {
      let content = try model.read()
      guard content.types.allSatisfy({ LayerRegistry.standard[$0] != nil }) else { continue }
      let blobs = try [true, false].map { fusing in
        var context = Context(
          engine: CPUEngine(), phase: .test, registry: .standard, random: RandomSource(seed: 1))
        context.fusesLayers = fusing
        let net = try Net(content.net.net, context: context, locations: content.net.layerLocations)
        if let weights = content.weights { try net.loadWeights(file: weights) }
        for (name, tensor) in content.tensors.under("in/") {
          try net.blob(named: name)?.reshape(to: Shape(validating: tensor.shape))
        }
        try net.reshape()
        for (name, tensor) in content.tensors.under("in/") { try net.blob(named: name)?.setData(tensor.values) }
        try net.forward()
        return zip(net.blobNames, net.blobs).map { ($0, $1.data.values) }
      }
      for (fused, single) in zip(blobs[0], blobs[1]) {
        let difference = Tolerance.sums.worstDifference(got: fused.1, want: single.1)
        #expect(difference.size <= difference.allowed, "\(model.name), \(fused.0)")
      }
    }
  }
}
