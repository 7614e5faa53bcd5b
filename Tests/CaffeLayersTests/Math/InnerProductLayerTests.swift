import Caffe
import CaffeTestSupport
import Testing

struct InnerProductLayerTests {
  @Test(arguments: ["", "transpose: true", "bias_term: false"]) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "InnerProduct", "inner_product_param { num_output: 4 \(fields) }", bottoms: [.init([3, 2, 3], then: [5, 6])],
      tops: [[3, 4]], otherTops: [[5, 4]])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [(2, [2, 3, 4]), (-1, [2, 3, 4]), (0, [4])]) func takesVectorsFromItsAxisOn(axis: Int, shape: [Int])
    throws
  {
    let net = try makeNet(
      input("x", [2, 3, 5])
        + """
        layer { name: "t" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 4 axis: \(axis) } }
        """)
    #expect(net.blob(named: "y")?.shape.extents == shape)
  }

  @Test func fillsItsParametersFromItsOwnStreams() throws {
    func weights(_ name: String) throws -> [Float] {
      let net = try makeNet(
        input("x", [1, 3])
          + """
          layer { name: "\(name)" type: "InnerProduct" bottom: "x" top: "y" inner_product_param {
            num_output: 4 weight_filler { type: "xavier" } bias_filler { value: 0.25 } } }
          """)
      #expect(net.parameters.last?.blob.data.values == [0.25, 0.25, 0.25, 0.25])
      return net.parameters.first?.blob.data.values ?? []
    }
    #expect(try weights("a") == weights("a"))
    #expect(try weights("a") != weights("b"))
  }

  @Test func refusesNoOutputs() {
    #expect(failure(of: #"type: "InnerProduct""#, over: [2, 3]).says("layer \"t\"", "num_output is 0"))
  }

  @Test func refusesVectorsOfAnotherSize() throws {
    let net = try makeNet(
      input("x", [2, 3])
        + #"layer { name: "t" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 4 } }"#)
    net.blob(named: "x")?.reshape(to: [2, 5])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "2 5 (10)", "5 values", "4 3 (12)", "need 3")
    }
  }

  @Test func refusesAnAxisThatIsNotThere() {
    let text = failure(of: #"type: "InnerProduct" inner_product_param { num_output: 4 axis: 3 }"#, over: [2, 3])
    #expect(text.says("layer \"t\"", "axis 3", "[2 3]"))
  }
}
