import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct StandardLayersTests {
  @Test func namesAreThoseOfTheOriginalAndUnique() throws {
    let names = StandardLayers.types.map { $0.typeName }
    #expect(Set(names).count == names.count)
    #expect(Set(names).isSubset(of: originalTypes()))
  }

  @Test func testsRunOnEveryEngine() {
    #expect(Set(TestEngines.all.map(\.name)) == Set(EngineName.usable.map(\.rawValue)))
  }

  @Test func everyLayerHasItsPageAndItsExampleRuns() throws {
    for type in StandardLayers.types {
      let path = "\(ReferenceFolder.packageFolder)/Documentation/Layers/\(type.typeName).md"
      let page = try String(contentsOfFile: path, encoding: .utf8)
      for heading in ["## Formula", "## Shapes", "## Parameters", "## Gradient", "## Errors", "## Source", "## Example"]
      {
        #expect(page.contains(heading), "\(type.typeName).md has no \(heading)")
      }
      let examples = page.components(separatedBy: "```prototxt\n").dropFirst()
        .compactMap { $0.components(separatedBy: "```").first }
      #expect(!examples.isEmpty, "\(type.typeName).md has no example")
      for example in examples {
        let net = try makeNet("force_backward: true\n" + example)
        #expect(net.layerParameters.contains { $0.type == type.typeName }, "\(type.typeName).md's example has none")
        try giveData(net)
        try net.forward()
        try net.backward()
      }
    }
  }

  @Test func saysHowPythonLayersRun() {
    let text = failure(input("x", [2]) + "layer { name: \"t\" type: \"Python\" bottom: \"x\" top: \"y\" }")
    #expect(text.says("layer \"t\"", "import caffe", "--allow-python"))
  }

  /// Fills the layers that a program gives data to.
  private func giveData(_ net: Net) throws {
    for case let layer as MemoryDataLayer in net.layers {
      let shape = layer.batchShape
      try layer.setData([Float](repeating: 0, count: shape.count), labels: [Float](repeating: 0, count: shape[0]))
    }
  }

  /// The layer types of the original, as its schema's parts name them.
  private func originalTypes() -> Set<String> {
    [
      "AbsVal", "Accuracy", "ArgMax", "BNLL", "BatchNorm", "BatchReindex", "Bias", "Clip", "Concat", "ContrastiveLoss",
      "Convolution", "Crop", "Data", "Deconvolution", "Dropout", "DummyData", "ELU", "Eltwise", "Embed",
      "EuclideanLoss",
      "Exp", "Filter", "Flatten", "HDF5Data", "HDF5Output", "HingeLoss", "Im2col", "ImageData", "InfogainLoss",
      "InnerProduct", "Input", "LRN", "LSTM", "LSTMUnit", "Log", "MVN", "MemoryData", "MultinomialLogisticLoss",
      "PReLU",
      "Parameter", "Pooling", "Power", "Python", "RNN", "ReLU", "Reduction", "Reshape", "SPP", "Scale", "Sigmoid",
      "SigmoidCrossEntropyLoss", "Silence", "Slice", "Softmax", "SoftmaxWithLoss", "Split", "Swish", "TanH",
      "Threshold",
      "Tile", "WindowData"
    ]
  }
}
