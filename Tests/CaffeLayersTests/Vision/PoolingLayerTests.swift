import Caffe
import CaffeTestSupport
import Testing

struct PoolingLayerTests {
  @Test(arguments: [
    ("kernel_size: 2 stride: 2", [2, 2, 3, 2], [1, 2, 3, 4]),
    ("kernel_size: 3 stride: 2 pad: 1", [2, 2, 3, 3], [1, 2, 4, 4]),
    ("kernel_h: 3 kernel_w: 1 stride_h: 1 stride_w: 2", [2, 2, 3, 2], [1, 2, 4, 4]),
    ("global_pooling: true", [2, 2, 1, 1], [1, 2, 1, 1]),
    ("kernel_size: 2 stride: 2 round_mode: FLOOR", [2, 2, 2, 2], [1, 2, 3, 3]),
    ("kernel_size: 1 stride: 2 engine: CUDNN", [2, 2, 3, 2], [1, 2, 3, 4]),
    ("kernel_size: 2 stride: 3", [2, 2, 2, 2], [1, 2, 2, 3]),
    ("kernel_size: 2 stride: 4 pad: 1", [2, 2, 2, 2], [1, 2, 2, 2])
  ]) func passesTheBattery(fields: String, top: [Int], other: [Int]) {
    for method in ["MAX", "AVE"] {
      let battery = LayerBattery(
        "Pooling", "pooling_param { pool: \(method) \(fields) }",
        bottoms: [.init([2, 2, 5, 4], then: [1, 2, 6, 7], .separated)], tops: [top], otherTops: [other])
      #expect(battery.failures() == [])
    }
  }

  @Test func givesThePlacesOfTheLargestAsASecondTop() throws {
    for engine in TestEngines.all {
      let net = try makeNet(
        input("x", [1, 1, 2, 4])
          + #"layer { name: "t" type: "Pooling" bottom: "x" top: "y" top: "m" pooling_param { kernel_size: 2 stride: 2 } }"#,
        engine: engine)
      try net.blob(named: "x")?.setData([1, 9, 3, 4, 5, 6, 8, 7])
      try net.forward()
      #expect(net.blob(named: "y")?.data.values == [9, 8])
      #expect(net.blob(named: "m")?.data.values == [1, 6])
    }
  }

  @Test func anAverageCountsPaddingButNothingBeyond() throws {
    let got = try output(
      of: #"type: "Pooling" pooling_param { pool: AVE kernel_size: 3 stride: 2 pad: 1 }"#, [1, 1, 1, 1], [1, 1, 2, 2])
    #expect(got.count == 4)
    #expect(abs(got[0] - 4.0 / 9) < 1e-6)
    #expect(abs(got[1] - 2.0 / 6) < 1e-6)
    #expect(abs(got[3] - 1.0 / 4) < 1e-6)
  }

  @Test func aKernelALittleLargerThanTheInputGivesOneWindow() throws {
    #expect(
      try output(of: #"type: "Pooling" pooling_param { kernel_size: 3 stride: 2 }"#, [1, 4, 3, 2], [1, 1, 2, 2]) == [4])
  }

  @Test func aStrideBeyondTheKernelLeavesNoEmptyWindow() throws {
    let got = try output(of: #"type: "Pooling" pooling_param { kernel_size: 1 stride: 3 }"#, [1, 2, 3, 4], [1, 1, 1, 4])
    #expect(got == [1, 4])
    let more = try output(of: #"type: "Pooling" pooling_param { kernel_size: 1 stride: 3 }"#, [1, 2, 3], [1, 1, 1, 3])
    #expect(more == [1])
  }

  @Test(arguments: [("2", "[3, 3]", "[2, 2]"), ("1", "[3, 3]", "[1, 1]")])
  func aStrideBeyondTheKernelIsSaidOnce(kernel: String, stride: String, size: String) throws {
    let log = RecordedLog()
    let net = try makeNet(
      input("x", [1, 1, 6, 6])
        + "layer { name: \"t\" type: \"Pooling\" bottom: \"x\" top: \"y\" pooling_param { kernel_size: \(kernel) stride: 3 } }",
      log: log)
    for _ in 0..<3 { try net.forward() }
    let said = log.texts.filter { $0.contains("larger than the kernel") }
    #expect(
      said == [
        "t: the stride \(stride) is larger than the kernel \(size), so some values aren't read; a window that would begin beyond the "
          + "input is left out"
      ])
    let plain = RecordedLog()
    _ = try makeNet(
      input("x", [1, 1, 6, 6])
        + #"layer { name: "t" type: "Pooling" bottom: "x" top: "y" pooling_param { kernel_size: 3 stride: 3 } }"#,
      log: plain)
    #expect(plain.texts.allSatisfy { !$0.contains("larger than the kernel") })
  }

  @Test func stochasticTakesWhatIsExpectedAtTest() {
    var battery = LayerBattery(
      "Pooling", "pooling_param { pool: STOCHASTIC kernel_size: 2 stride: 2 }",
      bottoms: [.init([2, 2, 5, 4], then: [1, 2, 6, 7], .positive)], tops: [[2, 2, 3, 2]], otherTops: [[1, 2, 3, 4]])
    battery.phase = .test
    #expect(battery.failures() == [])
  }

  @Test func stochasticDrawsInProportionWhileTraining() throws {
    var drawn: [[Float]] = []
    for engine in TestEngines.all {
      let net = try stochastic(engine, windows: 4000)
      try net.blob(named: "x")?.setData((0..<8000).map { $0.isMultiple(of: 2) ? 1 : 3 })
      try net.forward()
      let first = net.blob(named: "y")?.data.values ?? []
      #expect(Set(first) == [1, 3])
      #expect(abs(Double(first.count { $0 == 3 }) / 4000 - 0.75) < 0.03)
      try net.blob(named: "y")?.setDiff([Float](repeating: 1, count: 4000))
      try net.backward()
      #expect(net.blob(named: "x")?.diff.values == first.flatMap { $0 == 1 ? [1, 0] : [0, 1] })
      drawn.append(first)
      try net.forward()
      #expect(net.blob(named: "y")?.data.values != first)
    }
    #expect(Set(drawn).count == 1)
  }

  private func stochastic(_ engine: any Engine, windows: Int) throws -> Net {
    try makeNet(
      "force_backward: true\n" + input("x", [1, windows, 1, 2])
        + """
        layer { name: "t" type: "Pooling" bottom: "x" top: "y"
          pooling_param { pool: STOCHASTIC kernel_h: 1 kernel_w: 2 } }
        """, engine: engine)
  }

  @Test(arguments: [
    ("", "has no kernel"), ("kernel_size: 2 kernel_h: 2 kernel_w: 2", "either kernel_size, or both"),
    ("kernel_h: 2", "both kernel_h and kernel_w"), ("kernel_size: 0", "kernel is [0, 0]"),
    ("kernel_size: 2 stride: 0", "stride is [0, 0]"), ("kernel_size: 2 pad: 2", "isn't less than the kernel"),
    ("kernel_size: 12 pad: 1", "don't hold the kernel [12, 12]"),
    ("kernel_size: 2 stride_h: 1", "both stride_h and stride_w"),
    ("global_pooling: true kernel_size: 2", "no kernel, pad 0 and stride 1"),
    ("kernel_size: 2 pad: 1 pool: STOCHASTIC", "stochastic pooling"),
    ("kernel_size: 4294967295", "out of range")
  ]) func refusesWhatMakesNoSense(fields: String, message: String) {
    let text = failure(of: "type: \"Pooling\" pooling_param { \(fields) }", over: [1, 1, 8, 8])
    #expect(text.says("layer \"t\"", message))
  }

  @Test func refusesASecondTopForAnAverage() {
    let text = failure(
      input("x", [1, 1, 4, 4])
        + #"layer { name: "t" type: "Pooling" bottom: "x" top: "y" top: "m" pooling_param { pool: AVE kernel_size: 2 } }"#
    )
    #expect(text.says("layer \"t\"", "second top"))
  }

  @Test func refusesABottomWithoutFourAxes() {
    let text = failure(of: #"type: "Pooling" pooling_param { kernel_size: 2 }"#, over: [4, 4])
    #expect(text.says("layer \"t\"", "4 4 (16)", "4 axes"))
  }
}
