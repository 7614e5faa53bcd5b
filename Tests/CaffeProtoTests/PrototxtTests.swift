import CaffeProto
import Testing

/// What the reader accepts.
@Suite struct PrototxtTests {
  private func layer(_ text: String) throws -> LayerParameter { try Prototxt.parse(text: text) }
  private func solver(_ text: String) throws -> SolverParameter { try Prototxt.parse(text: text) }

  @Test func takesAllFormsOfMessages() throws {
    for text in [
      "include { phase: TEST }", "include: { phase: TEST }", "include < phase: TEST >",
      "include: [{ phase: TEST }]", "include { phase: 1, };", "include{phase:TEST}"
    ] {
      #expect(try layer(text).include.map(\.phase) == [.test], "\(text)")
    }
  }

  @Test func takesListsAndSeparators() throws {
    #expect(
      try solver("stepvalue: [1, 2] stepvalue: 3; stepvalue: 4, stepvalue: []").stepvalue == [1, 2, 3, 4])
    #expect(try layer("include [{ phase: TRAIN }, < phase: TEST >]").include.map(\.phase) == [.train, .test])
  }

  @Test func takesAnyLineEndingsAndByteOrderMark() throws {
    for end in ["\n", "\r\n", "\r"] {
      let text = "\u{FEFF}# a note: { \"\(end)name: 'a' # more\(end)\(end)type: \"B\""
      let read = try layer(text)
      #expect(read.name == "a" && read.type == "B")
    }
  }

  @Test func takesEmptyText() throws {
    #expect(try layer("  # nothing\n") == LayerParameter())
  }

  @Test(arguments: [
    ("True", true), ("true", true), ("t", true), ("1", true), ("False", false), ("false", false),
    ("f", false),
    ("0", false)
  ])
  func takesBools(_ text: String, _ value: Bool) throws {
    let read = try solver("debug_info: \(text)")
    #expect(read.debugInfo == value && read.hasDebugInfo)
  }

  @Test(
    arguments: [
      ("1", 1), ("1.", 1), (".5", 0.5), ("-.5", -0.5), ("1.f", 1), ("2f", 2), ("0.25F", 0.25), ("1e-3", 1e-3),
      ("1.e2", 100), ("-1E+2", -100), ("- 3", -3), ("inf", .infinity), ("-Infinity", -.infinity),
      ("1e99", .infinity)
    ] as [(String, Float)])
  func takesFloats(_ text: String, _ value: Float) throws {
    #expect(try solver("base_lr: \(text)").baseLr == value)
  }

  @Test func takesNaN() throws {
    #expect(try solver("base_lr: nan").baseLr.isNaN)
  }

  @Test(
    arguments: [("7", 7), ("-7", -7), ("0x1F", 31), ("-0x10", -16), ("017", 15), ("-2147483648", .min)]
      as [(String, Int32)])
  func takesWholeNumbers(_ text: String, _ value: Int32) throws {
    #expect(try solver("max_iter: \(text)").maxIter == value)
  }

  @Test func takesTheEndsOfTheIntegerRanges() throws {
    #expect(try solver("random_seed: -9223372036854775808").randomSeed == .min)
    #expect(try solver("random_seed: 9223372036854775807").randomSeed == .max)
    let pooling: PoolingParameter = try Prototxt.parse(text: "stride: 4294967295")
    #expect(pooling.stride == .max)
  }

  @Test func joinsStringsAndResolvesEscapes() throws {
    #expect(try layer(#"name: "a" 'b'  "c""#).name == "abc")
    #expect(try layer(#"name: "\n\t\"\'\\\101\x42\u00e9\U0001F600é""#).name == "\n\t\"'\\ABé😀é")
    #expect(try layer(##"name: "# no comment""##).name == "# no comment")
    let datum: Datum = try Prototxt.parse(text: #"data: "\377\000""#)
    #expect(Array(datum.data) == [255, 0])
  }

  @Test func takesEnumsByNameAndNumber() throws {
    let byName: PoolingParameter = try Prototxt.parse(text: "pool: AVE")
    let byNumber: PoolingParameter = try Prototxt.parse(text: "pool: 1")
    #expect(byName.pool == .ave && byNumber.pool == .ave)
  }

  @Test func takesEveryNumericListPackedOrNot() throws {
    let blob: BlobProto = try Prototxt.parse(
      text: "shape { dim: 2 dim: [1] } data: [1, 2.5] double_data: 1e-9")
    #expect(blob.shape.dim == [2, 1] && blob.data == [1, 2.5] && blob.doubleData == [1e-9])
  }

  @Test func readsKernelsizeAsKernelSizeWithAWarning() throws {
    var notes: [ReadingNote] = []
    let file = try NetReader.parseNet(
      text: "layer {\n  name: 'c'\n  convolution_param { kernelsize: 5 }\n}", fileName: "a.prototxt"
    ) { notes.append($0) }
    #expect(file.net.layer[0].convolutionParam.kernelSize == [5])
    #expect(notes.count == 1)
    #expect(notes[0].description.hasPrefix("a.prototxt:3:23: read \"kernelsize\""))
  }

  @Test func skipsUnknownFieldsWithWarningsWhenLenient() throws {
    let text = """
      name: "n"
      foo: 1 foo: -2.5 bar: "a" 'b' baz { x < y: [1, { z: 2 }] > } list: [1, 2] other: NAME
      layer { name: "l" type: "T" convolution_param { engine: MKL pad_l: 3 num_output: 2 } }
      """
    var notes: [ReadingNote] = []
    let file = try NetReader.parseNet(text: text, unknownFields: .lenient) { notes.append($0) }
    #expect(file.net.name == "n" && file.net.layer[0].convolutionParam.numOutput == 2)
    #expect(!file.net.layer[0].convolutionParam.hasEngine)
    #expect(notes.count == 8)
    #expect(notes.allSatisfy { $0.level == .warning && $0.location?.line != nil })
  }

  @Test func skipsVeryDeepUnknownFieldsWithoutRecursion() throws {
    let depth = 100_000
    let text = "x " + String(repeating: "{ x ", count: depth) + ": 1" + String(repeating: "}", count: depth)
    _ = try NetReader.parseNet(text: text, unknownFields: .lenient)
  }

  @Test func knowsWhereLayersStart() throws {
    let net = try NetReader.parseNet(text: "layer {}\n\n  layer: {\n}\nlayer { }", fileName: "n")
    #expect(net.layerLocations.map(\.description) == ["n:1:7", "n:3:10", "n:5:7"])
    let solver = try NetReader.parseSolver(
      text:
        "net_param { layer { } }\ntest_net_param { }\ntest_net_param { layers { type: RELU } input: 'a'\ninput_dim: [1,1,1,1] }",
      fileName: "s")
    #expect(solver.layerLocations["net_param"]?.map(\.description) == ["s:1:19"])
    #expect(solver.layerLocations["test_net_param[1]"]?.map(\.description) == ["s:3:40", "s:3:25"])
  }
}
