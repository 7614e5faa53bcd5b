import Caffe
import CaffeTestSupport
import Testing

struct DeconvolutionLayerTests {
  @Test(arguments: [
    ("kernel_size: 3", [2, 4, 5, 4], [1, 4, 4, 6]), ("kernel_size: 4 stride: 2 pad: 1", [2, 4, 6, 4], [1, 4, 4, 8]),
    ("kernel_h: 2 kernel_w: 1 stride_h: 1 stride_w: 2", [2, 4, 4, 3], [1, 4, 3, 7]),
    ("kernel_size: 2 dilation: 2", [2, 4, 5, 4], [1, 4, 4, 6]),
    ("kernel_size: 3 group: 2 bias_term: false", [2, 4, 5, 4], [1, 4, 4, 6]),
    ("kernel_size: 1 engine: CUDNN force_nd_im2col: true", [2, 4, 3, 2], [1, 4, 2, 4]),
    ("kernel_size: 2 stride: 3", [2, 4, 8, 5], [1, 4, 5, 11])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    let battery = LayerBattery(
      "Deconvolution", "convolution_param { num_output: 4 \(fields) }",
      bottoms: [.init([2, 2, 3, 2], then: [1, 2, 2, 4])], tops: [top], otherTops: [other])
    #expect(battery.failures() == [])
  }

  @Test(arguments: [
    ([2, 3, 4], [1, 3, 2], [2, 2, 9], [1, 2, 5]), ([1, 2, 2, 1, 3], [2, 2, 1, 2, 1], [1, 2, 5, 3, 7], [2, 2, 3, 5, 3])
  ]) func passesTheBatteryOverOtherNumbersOfAxes(shape: [Int], then: [Int], top: [Int], other: [Int]) {
    let battery = LayerBattery(
      "Deconvolution", "convolution_param { num_output: 2 kernel_size: 3 stride: 2 }",
      bottoms: [.init(shape, then: then)], tops: [top], otherTops: [other])
    #expect(battery.failures() == [])
  }

  @Test func passesTheBatteryWithTwoBottoms() {
    let bottom = LayerBattery.Bottom([2, 2, 2, 3], then: [1, 2, 1, 2])
    let battery = LayerBattery(
      "Deconvolution", "convolution_param { num_output: 3 kernel_size: 2 }", bottoms: [bottom, bottom],
      tops: [[2, 3, 3, 4], [2, 3, 3, 4]], otherTops: [[1, 3, 2, 3], [1, 3, 2, 3]])
    #expect(battery.failures() == [])
  }

  @Test func itsWeightsStandAsInTheOriginal() throws {
    let net = try makeNet(
      input("x", [1, 6, 2, 2])
        + """
        layer { name: "t" type: "Deconvolution" bottom: "x" top: "y"
          convolution_param { num_output: 4 kernel_size: 3 group: 2 } }
        """)
    #expect(net.parameters.map(\.blob.shape) == [[6, 2, 3, 3], [4]])
  }

  @Test func bilinearWeightsEnlarge() throws {
    let got = try output(
      of: """
        type: "Deconvolution" convolution_param { num_output: 1 kernel_size: 4 stride: 2 pad: 1 bias_term: false
          weight_filler { type: "bilinear" } }
        """, [Float](repeating: 3, count: 16), [1, 1, 4, 4])
    #expect(got.count == 64)
    #expect(abs((got.dropFirst(27).first ?? 0) - 3) < 1e-6)
  }

  @Test(arguments: [
    ("kernel_size: 3", "num_output is 0"), ("num_output: 1", "has no kernel"),
    ("num_output: 3 kernel_size: 1 group: 2", "doesn't divide num_output, 3"),
    ("num_output: 2 kernel_size: 1 group: 2", "3 channels (axis 1), which group: 2 doesn't divide"),
    ("num_output: 1 kernel_size: 1 pad: 4", "leaves 0 values"),
    ("num_output: 1 kernel_size: 1 stride: 2147483647", "15032385530 places along spatial axis 0"),
    ("num_output: 1 kernel_size: 1 axis: 4", "axis 4")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"Deconvolution\" convolution_param { \(fields) }", over: [1, 3, 8, 8])
    #expect(text.says("layer \"t\"", message))
  }

  @Test func refusesOtherChannelsThanBefore() throws {
    let net = try makeNet(
      input("x", [1, 3, 8, 8])
        + #"layer { name: "t" type: "Deconvolution" bottom: "x" top: "y" convolution_param { num_output: 2 kernel_size: 3 } }"#
    )
    net.blob(named: "x")?.reshape(to: [1, 4, 8, 8])
    #expect {
      try net.forward()
    } throws: {
      "\($0)".says("layer \"t\"", "1 4 8 8 (256)", "3 2 3 3 (54)", "need 3 channels")
    }
  }
}
