import Caffe
import Testing

@Suite struct DataTransformerTests {
  /// The values of a 1×3×4 picture that counts from 0, transformed.
  private func transformed(
    _ parameter: TransformationParameter, phase: Phase = .test, number: UInt64 = 0
  ) throws -> [Float] {
    let transformer = try DataTransformer(
      parameter, phase: phase, random: RandomSource(seed: 5).stream("data/transform"))
    let value: [UInt8] = try datum(1, 3, 4, Array(0..<12)).serializedBytes()
    return try value.withUnsafeBytes { bytes in
      let view = try DatumView(bytes)
      let shape = try view.checkedShape()
      var result = [Float](repeating: -1, count: try transformer.outputShape(of: shape).count)
      result.withUnsafeMutableBufferPointer { target in
        if let start = target.baseAddress { transformer.transform(view, of: shape, number: number, to: start) }
      }
      return result
    }
  }

  @Test func meanComesBeforeScale() throws {
    var parameter = TransformationParameter()
    parameter.meanValue = [2]
    parameter.scale = 0.5
    #expect(try transformed(parameter) == (0..<12).map { (Float($0) - 2) * 0.5 })
  }

  @Test func testingCutsTheMiddle() throws {
    var parameter = TransformationParameter()
    parameter.cropSize = 2
    #expect(try transformed(parameter) == [1, 2, 5, 6])
  }

  @Test func trainingCutsEverywhere() throws {
    var parameter = TransformationParameter()
    parameter.cropSize = 2
    var corners: Set<Float> = []
    for number in 0..<200 {
      let cut = try transformed(parameter, phase: .train, number: UInt64(number))
      #expect(cut == [cut[0], cut[0] + 1, cut[0] + 4, cut[0] + 5])
      corners.insert(cut[0])
    }
    #expect(corners == [0, 1, 2, 4, 5, 6])
  }

  @Test(arguments: [Phase.train, .test])
  func mirroringFlipsAboutEverySecondPicture(_ phase: Phase) throws {
    var parameter = TransformationParameter()
    parameter.mirror = true
    var flipped = 0
    for number in 0..<400 {
      let values = try transformed(parameter, phase: phase, number: UInt64(number))
      if values[0] == 3 {
        #expect(values == [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8])
        flipped += 1
      } else {
        #expect(values == (0..<12).map { Float($0) })
      }
    }
    #expect((150...250).contains(flipped))
  }

  @Test func contradictionsAndMisfitsAreErrors() throws {
    var both = TransformationParameter()
    both.meanFile = "mean.binaryproto"
    both.meanValue = [1]
    #expect(message { _ = try transformed(both) }.contains("both mean_file and mean_value"))
    var colours = TransformationParameter()
    colours.forceColor = true
    colours.forceGray = true
    #expect(message { _ = try transformed(colours) }.contains("both force_color and force_gray"))
    var values = TransformationParameter()
    values.meanValue = [1, 2]
    #expect(message { _ = try transformed(values) }.contains("2 mean_value for pictures of 1 channels"))
    var crop = TransformationParameter()
    crop.cropSize = 4
    #expect(message { _ = try transformed(crop) }.contains("crop_size 4 is larger than the pictures of 1×3×4"))
    var missing = TransformationParameter()
    missing.meanFile = "/no/such/mean.binaryproto"
    #expect(message { _ = try transformed(missing) }.contains("/no/such/mean.binaryproto"))
    var wrong = TransformationParameter()
    wrong.meanFile = Fixtures.path + "/mean.binaryproto"
    #expect(message { _ = try transformed(wrong) }.contains("holds a picture of 3×40×56, the data pictures of 1×3×4"))
  }
}

@Suite struct DatumViewTests {
  private func view<Result>(_ bytes: [UInt8], _ body: (DatumView) throws -> Result) throws -> Result {
    try bytes.withUnsafeBytes { try body(DatumView($0)) }
  }

  @Test func aViewAgreesWithTheMessage() throws {
    var message = datum(2, 1, 2, [1, 2, 3, 4], label: -3)
    message.encoded = false
    let bytes: [UInt8] = try message.serializedBytes()
    try view(bytes) { view in
      let shape = try view.checkedShape()
      #expect(shape == DatumShape(channels: 2, height: 1, width: 2))
      #expect([UInt8](view.data) == [1, 2, 3, 4])
      #expect(view.label == -3 && !view.isEncoded && !view.hasFloats)
    }
  }

  @Test func floatsComePackedOrNot() throws {
    var message = Datum()
    message.channels = 1
    message.height = 1
    message.width = 2
    message.floatData = [1.5, -2]
    let bytes: [UInt8] = try message.serializedBytes()
    #expect(try view(bytes) { $0.floats } == [1.5, -2])
    let packed: [UInt8] = [8, 1, 16, 1, 24, 2, 50, 8, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]
    #expect(try view(packed) { $0.floats } == [1.5, -2])
  }

  @Test func unknownFieldsArePassedOver() throws {
    let bytes: [UInt8] = [80, 1, 90, 2, 9, 9, 97, 1, 2, 3, 4, 5, 6, 7, 8, 109, 1, 2, 3, 4, 40, 6]
    #expect(try view(bytes) { $0.label } == 6)
  }

  @Test(arguments: [
    [34, 5, 1], [8], [UInt8](repeating: 255, count: 11), [0], [35],
    [34, 255, 255, 255, 255, 255, 255, 255, 255, 127]
  ])
  func bytesThatAreNoDatumAreErrors(_ bytes: [UInt8]) {
    #expect(message { try view(bytes) { _ in } }.contains("is not a Datum"))
  }

  @Test func extentsMustMatchTheValues() {
    let short: [UInt8] = [8, 1, 16, 2, 24, 2, 34, 3, 1, 2, 3]
    #expect(message { _ = try view(short) { try $0.checkedShape() } }.contains("1×2×2 with 3 values"))
    let none: [UInt8] = [34, 1, 1]
    #expect(message { _ = try view(none) { try $0.checkedShape() } }.contains("must be positive"))
    let encoded: [UInt8] = [34, 1, 1, 56, 1]
    #expect(message { _ = try view(encoded) { try $0.checkedShape() } }.contains("encoded: true"))
  }
}
