import Caffe
import CaffeTestSupport
import Testing

struct PReLULayerTests {
  @Test(arguments: ["", "channel_shared: true"]) func passesTheBattery(fields: String) {
    var battery = LayerBattery(
      "PReLU", "prelu_param { \(fields) }", bottoms: [.init([2, 3, 4], then: [1, 3, 2, 2], .separated)],
      tops: [[2, 3, 4]], otherTops: [[1, 3, 2, 2]])
    battery.inPlace = true
    #expect(battery.failures() == [])
  }

  @Test func itsFirstSlopeIsAQuarter() throws {
    #expect(try output(of: #"type: "PReLU""#, [-4, 2], [1, 2]) == [-1, 2])
    #expect(try output(of: #"type: "PReLU" prelu_param { filler { value: 0.5 } }"#, [-4, 2], [1, 2]) == [-2, 2])
  }

  @Test(arguments: [false, true]) func itsSlopesHaveOneShape(shared: Bool) throws {
    let net = try makeNet(
      input("x", [2, 3])
        + "layer { name: \"t\" type: \"PReLU\" bottom: \"x\" top: \"y\" prelu_param { channel_shared: \(shared) } }")
    #expect(net.parameters.map(\.blob.shape) == [shared ? [] : [3]])
  }

  @Test func refusesOneAxis() {
    #expect(failure(of: #"type: "PReLU""#, over: [4]).says("layer \"t\"", "4 (4)", "two axes"))
  }

  @Test func refusesOtherChannelsThanBefore() throws {
    let net = try makeNet(input("x", [2, 3]) + #"layer { name: "t" type: "PReLU" bottom: "x" top: "y" }"#)
    net.blob(named: "x")?.reshape(to: [2, 4])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "2 4 (8)", "need 3")
    }
  }
}
