import CaffeCore
import Testing

/// Misspelt names find what was meant.
@Suite struct NearNamesTests {
  private let names = ["Convolution", "Deconvolution", "InnerProduct", "ReLU", "PReLU", "TanH", "Pooling"]

  @Test(arguments: [
    ("Convolutoin", "Convolution"), ("convolution", "Convolution"), ("Inner_Product", "InnerProduct"),
    ("Relu", "ReLU"),
    ("Tanh", "TanH"), ("Poling", "Pooling")
  ])
  func findsTheNearestFirst(_ name: String, _ wanted: String) {
    #expect(NearNames.of(name, among: names).first == wanted)
  }

  @Test func findsNothingFarAway() {
    #expect(NearNames.of("Softmax", among: names).isEmpty)
    #expect(NearNames.hint(for: "", among: names).isEmpty)
  }

  @Test func saysItInAnError() {
    #expect(NearNames.hint(for: "Relu", among: names) == "; did you mean \"ReLU\" or \"PReLU\"?")
  }
}
