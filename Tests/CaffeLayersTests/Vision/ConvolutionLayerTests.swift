import Caffe
import CaffeTestSupport
import Testing

struct ConvolutionLayerTests {
  @Test(arguments: [
    ("kernel_size: 3", [2, 4, 3, 2], [1, 4, 4, 5]), ("kernel_size: 3 stride: 2 pad: 1", [2, 4, 3, 2], [1, 4, 3, 4]),
    ("kernel_h: 2 kernel_w: 1 stride_h: 1 stride_w: 2 pad_h: 0 pad_w: 1", [2, 4, 4, 3], [1, 4, 5, 5]),
    ("kernel_size: 2 kernel_size: 1 dilation: 2", [2, 4, 3, 4], [1, 4, 4, 7]),
    ("kernel_size: 3 group: 2 bias_term: false", [2, 4, 3, 2], [1, 4, 4, 5]),
    ("kernel_size: 1 engine: CUDNN force_nd_im2col: true", [2, 4, 5, 4], [1, 4, 6, 7]),
    ("kernel_size: 2 stride: 3", [2, 4, 2, 1], [1, 4, 2, 2]),
    ("kernel_size: 1 stride: 3 pad: 1", [2, 4, 3, 2], [1, 4, 3, 3])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    let battery = LayerBattery(
      "Convolution", "convolution_param { num_output: 4 \(fields) }",
      bottoms: [.init([2, 2, 5, 4], then: [1, 2, 6, 7])],
      tops: [top], otherTops: [other])
    #expect(battery.failures() == [])
  }

  @Test(arguments: ["Convolution", "Deconvolution", "Im2col"]) func aStrideBeyondTheKernelIsSaidOnce(type: String)
    throws
  {
    let log = RecordedLog()
    let net = try makeNet(
      input("x", [1, 1, 6, 6])
        + "layer { name: \"t\" type: \"\(type)\" bottom: \"x\" top: \"y\" "
        + "convolution_param { num_output: 1 kernel_size: 2 dilation: 2 stride: 4 } }", log: log)
    for _ in 0..<3 { try net.forward() }
    let said = log.texts.filter { $0.contains("larger than the kernel") }
    #expect(said.count == 1)
    #expect(
      said[0].says("t: the stride [4, 4] is larger than the kernel [2, 2] with its dilation, which reaches over [3, 3]")
    )
  }

  @Test func passesTheBatteryOverOneAxis() {
    let battery = LayerBattery(
      "Convolution", "convolution_param { num_output: 2 kernel_size: 3 stride: 2 }",
      bottoms: [.init([2, 3, 7], then: [1, 3, 9])],
      tops: [[2, 2, 3]], otherTops: [[1, 2, 4]])
    #expect(battery.failures() == [])
  }

  @Test func passesTheBatteryOverThreeAxes() {
    let battery = LayerBattery(
      "Convolution", "convolution_param { num_output: 2 kernel_size: 2 pad: 1 }",
      bottoms: [.init([1, 2, 2, 3, 2], then: [2, 2, 1, 2, 3])], tops: [[1, 2, 3, 4, 3]], otherTops: [[2, 2, 2, 3, 4]])
    #expect(battery.failures() == [])
  }

  @Test func passesTheBatteryWithoutSpatialAxes() {
    let battery = LayerBattery(
      "Convolution", "convolution_param { num_output: 3 kernel_size: 1 }", bottoms: [.init([4, 2], then: [5, 2])],
      tops: [[4, 3]], otherTops: [[5, 3]])
    #expect(battery.failures() == [])
  }

  @Test func passesTheBatteryWithTwoBottoms() {
    let bottom = LayerBattery.Bottom([2, 2, 4, 3], then: [1, 2, 3, 5])
    let battery = LayerBattery(
      "Convolution", "convolution_param { num_output: 3 kernel_size: 3 }", bottoms: [bottom, bottom],
      tops: [[2, 3, 2, 1], [2, 3, 2, 1]], otherTops: [[1, 3, 1, 3], [1, 3, 1, 3]])
    #expect(battery.failures() == [])
  }

  @Test func takesTheChannelsFromItsAxis() throws {
    let net = try makeNet(
      input("x", [2, 3, 4, 5, 6])
        + """
        layer { name: "t" type: "Convolution" bottom: "x" top: "y"
          convolution_param { num_output: 7 kernel_size: 3 axis: -3 } }
        """)
    #expect(net.blob(named: "y")?.shape == [2, 3, 7, 3, 4])
    #expect(net.parameters.map(\.blob.shape) == [[7, 4, 3, 3], [7]])
  }

  @Test func refusesAKernelLargerThanThePaddedInput() {
    let text = failure(
      of: #"type: "Convolution" convolution_param { num_output: 1 kernel_size: 7 pad: 1 }"#, over: [1, 1, 8, 4])
    #expect(
      text.says(
        "net.prototxt:2", "layer \"t\"", "1 1 8 4 (32)", "[7, 7]", "7 values of spatial axis 1", "has 6",
        "smaller kernel"))
  }

  @Test(arguments: [
    ("kernel_size: 3", "num_output is 0"), ("num_output: 1", "has no kernel"),
    ("num_output: 1 kernel_h: 3", "both kernel_h and kernel_w"),
    ("num_output: 1 kernel_size: 0", "kernel is [0, 0]"),
    ("num_output: 1 kernel_size: 1 stride: 0", "stride is [0, 0]"),
    ("num_output: 1 kernel_size: 1 kernel_h: 1 kernel_w: 1", "keep one of the two"),
    ("num_output: 1 kernel_size: 1 kernel_size: 1 kernel_size: 1", "given 3 times for 2 spatial axes"),
    ("num_output: 3 kernel_size: 1 group: 2", "doesn't divide num_output, 3"),
    ("num_output: 2 kernel_size: 1 group: 2", "3 channels (axis 1), which group: 2 doesn't divide"),
    ("num_output: 2 kernel_size: 1 group: 0", "group is 0"), ("num_output: 1 kernel_size: 4294967295", "out of range"),
    (
      "num_output: 1 kernel_size: 1 pad: 2147483647",
      "4294967302 places along spatial axis 0, of which at most 2147483647 are possible"
    ),
    ("num_output: 2147483647 kernel_size: 2147483647", "more values than memory can address"),
    ("num_output: 1 kernel_size: 1 axis: 4", "axis 4"),
    ("num_output: 1 kernel_size: 1 weight_filler { type: \"xaver\" }", "did you mean \"xavier\"")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"Convolution\" convolution_param { \(fields) }", over: [1, 3, 8, 8])
    #expect(text.says("layer \"t\"", message))
  }

  @Test func refusesHeightAndWidthForOtherThanTwoAxes() {
    let text = failure(
      of: #"type: "Convolution" convolution_param { num_output: 1 kernel_h: 1 kernel_w: 1 }"#, over: [1, 3, 8])
    #expect(text.says("layer \"t\"", "2 spatial axes, but there are 1", "kernel_size"))
  }

  @Test func refusesOtherChannelsThanBefore() throws {
    let net = try makeNet(
      input("x", [1, 3, 8, 8])
        + #"layer { name: "t" type: "Convolution" bottom: "x" top: "y" convolution_param { num_output: 2 kernel_size: 3 } }"#
    )
    net.blob(named: "x")?.reshape(to: [1, 4, 8, 8])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "1 4 8 8 (256)", "2 3 3 3 (54)", "need 3 channels")
    }
  }

  @Test func refusesBottomsThatDiffer() {
    let text = failure(
      input("a", [1, 3, 8, 8]) + input("b", [1, 3, 8, 9])
        + """
        layer { name: "t" type: "Convolution" bottom: "a" bottom: "b" top: "c" top: "d"
          convolution_param { num_output: 2 kernel_size: 3 } }
        """)
    #expect(text.says("layer \"t\"", "bottom 1 has the shape 1 3 8 9 (216)", "1 3 8 8 (192)"))
  }
}
