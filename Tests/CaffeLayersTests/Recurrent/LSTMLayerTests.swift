import Caffe
import CaffeTestSupport
import Testing

struct LSTMLayerTests {
  private static let fillers = #"weight_filler { type: "xavier" } bias_filler { value: 0.1 }"#

  @Test func passesTheBattery() {
    // Labels of one class are zeros: every step begins a sequence, since carried states make of each forward another function.
    let battery = LayerBattery(
      "LSTM", "recurrent_param { num_output: 3 \(Self.fillers) }",
      bottoms: [.init([3, 2, 2], then: [2, 4, 2]), .init([3, 2], then: [2, 4], .labels(1))], tops: [[3, 2, 3]],
      otherTops: [[2, 4, 3]])
    #expect(battery.failures() == [])
  }

  @Test func passesTheBatteryWithExposedStatesAndAStaticInput() {
    var battery = LayerBattery(
      "LSTM", "recurrent_param { num_output: 3 expose_hidden: true \(Self.fillers) }",
      bottoms: [
        .init([3, 2, 1, 2], then: [2, 4, 2]), .init([3, 2], then: [2, 4], .labels(2)), .init([2, 2, 2], then: [4, 4]),
        .init([1, 2, 3], then: [1, 4, 3]), .init([1, 2, 3], then: [1, 4, 3])
      ], tops: [[3, 2, 3], [1, 2, 3], [1, 2, 3]], otherTops: [[2, 4, 3], [1, 4, 3], [1, 4, 3]])
    // What reaches the exposed last states is left out of the gradient, as in the original.
    battery.hasGradient = false
    #expect(battery.failures() == [])
  }

  @Test(arguments: [0, 2], [false, true]) func hasTheGradientOfItsSteps(states: Int, hasStaticInput: Bool) throws {
    for engine in TestEngines.all {
      let net = RecurrentNet(type: "LSTM", hasStaticInput: hasStaticInput, states: states)
      // Carried states would make of each forward another function: without given ones the first step begins anew.
      let first: [Float] = states > 0 ? [1, 0] : [0, 0]
      #expect(try net.gradientFailures(first + [1, 1, 0, 1], engine: engine) == [])
    }
  }

  @Test func carriesItsStatesFromBatchToBatch() throws {
    for engine in TestEngines.all {
      let (whole, parts) = try RecurrentNet(type: "LSTM", hasStaticInput: true).wholeAndInParts(engine: engine)
      #expect(agree(parts, whole))
    }
  }

  @Test func forgetsItsStatesWhereASequenceBegins() throws {
    let net = try RecurrentNet(type: "LSTM").make([0, 0, 1, 1, 1, 1])
    try net.forward()
    let first = net.blob(named: "y")?.data.values
    try net.forward()
    #expect(net.blob(named: "y")?.data.values == first)
    try net.blob(named: "k")?.setData([1, 1, 1, 1, 1, 1])
    try net.forward()
    #expect(net.blob(named: "y")?.data.values != first)
  }

  @Test func takesAnotherNumberOfSteps() throws {
    let net = try RecurrentNet(type: "LSTM").make([0, 0, 1, 1, 1, 1])
    try net.forward()
    let long = net.blob(named: "y")?.data.values ?? []
    let x = net.blob(named: "x")?.data.values ?? []
    net.blob(named: "x")?.reshape(to: [2, 2, 2])
    net.blob(named: "k")?.reshape(to: [2, 2])
    try net.blob(named: "x")?.setData(Array(x[..<8]))
    try net.blob(named: "k")?.setData([0, 0, 1, 1])
    try net.forward()
    #expect(agree(net.blob(named: "y")?.data.values ?? [], Array(long[..<12])))
  }

  @Test func hasItsParametersInTheOriginalsOrder() throws {
    let plain = try RecurrentNet(type: "LSTM").make([0, 0, 1, 1, 1, 1])
    #expect(plain.parameters.map(\.blob.shape) == [[12, 2], [12], [12, 3]])
    let more = try RecurrentNet(type: "LSTM", hasStaticInput: true).make([0, 0, 1, 1, 1, 1])
    #expect(more.parameters.map(\.blob.shape) == [[12, 2], [12], [12, 2], [12, 3]])
  }

  @Test(arguments: [
    ("num_output: 0", [3, 2, 2], [3, 2], "num_output is 0"),
    ("num_output: 4294967295", [3, 2, 2], [3, 2], "num_output is 4294967295"),
    ("num_output: 3", [3], [3], "time steps × sequences"), ("num_output: 3", [0, 2, 2], [0, 2], "at least one of each"),
    ("num_output: 3", [3, 2, 2], [2, 3], "expected 3 × 2"),
    ("num_output: 3 expose_hidden: true", [3, 2, 2], [3, 2], "with expose_hidden it takes 4 bottoms"),
    ("num_output: 3 weight_filler { type: \"xaver\" }", [3, 2, 2], [3, 2], "did you mean \"xavier\"")
  ]) func refusesWhatDoesNotFit(fields: String, x: [Int], goesOn: [Int], message: String) {
    let text = failure(
      input("x", x) + input("k", goesOn)
        + "layer { name: \"t\" type: \"LSTM\" bottom: \"x\" bottom: \"k\" top: \"y\" recurrent_param { \(fields) } }")
    #expect(text.says("layer \"t\"", message))
  }

  @Test func refusesAStaticInputOfOtherSequences() {
    let text = failure(
      input("x", [3, 2, 2]) + input("k", [3, 2]) + input("s", [3, 2])
        + """
        layer { name: "t" type: "LSTM" bottom: "x" bottom: "k" bottom: "s" top: "y" recurrent_param { num_output: 3 } }
        """)
    #expect(text.says("layer \"t\"", "bottom 2, the static input", "3 2 (6)", "2 × …"))
  }

  @Test func refusesStatesOfAnotherSize() {
    let text = failure(
      RecurrentNet(type: "LSTM", states: 2).text.replacing("dim: 1 dim: 2 dim: 3", with: "dim: 1 dim: 2 dim: 4"))
    #expect(text.says("layer \"t\"", "bottom 2, a state to start with", "1 2 4 (8)", "1 × 2 × 3"))
  }

  @Test func refusesVectorsOfAnotherSizeThanBefore() throws {
    let net = try RecurrentNet(type: "LSTM").make([0, 0, 1, 1, 1, 1])
    net.blob(named: "x")?.reshape(to: [3, 2, 5])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "bottom 0", "3 2 5 (30)", "need 2")
    }
  }
}
