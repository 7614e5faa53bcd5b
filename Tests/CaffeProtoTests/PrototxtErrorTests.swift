import CaffeProto
import Testing

/// Every error says where, what was found, and what to do.
@Suite struct PrototxtErrorTests {
  private func solverError(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
    message(
      of: { _ = try NetReader.parseSolver(text: text, fileName: "s.prototxt") },
      sourceLocation: sourceLocation)
  }

  @Test func misspeltFieldGetsNearNames() {
    let error = netError("layer {\n  name: \"c1\"\n  convolution_param {\n    num_ouput: 20\n  }\n}")
    #expect(
      error.hasPrefix(
        "a.prototxt:4:5: layer \"c1\": \"num_ouput\" is no field of convolution_param (ConvolutionParameter)")
    )
    #expect(error.contains("did you mean \"num_output\"?") && error.contains("--lenient"))
  }

  @Test func columnsCountCharacters() {
    #expect(netError("name: \"äöü\" nme: 1").hasPrefix("a.prototxt:1:13:"))
  }

  @Test func duplicatesNameBothPlaces() {
    let scalar = solverError("base_lr: 1\nmax_iter: 2\n base_lr: 3")
    #expect(
      scalar.hasPrefix("s.prototxt:3:2: \"base_lr\" is given twice") && scalar.contains("line 1, column 1"))
    let message = netError("layer { pooling_param { } pooling_param { } }")
    #expect(message.hasPrefix("a.prototxt:1:27: \"pooling_param\" is given twice"))
  }

  @Test func wrongEnumListsTheValues() {
    let error = netError("layer { pooling_param { pool: MXA } }")
    #expect(
      error.hasPrefix("a.prototxt:1:31:") && error.contains("MAX, AVE, STOCHASTIC")
        && error.contains("\"MXA\""))
    #expect(
      netError("layer { pooling_param { pool: 7 } }").contains("one of MAX, AVE, STOCHASTIC, found \"7\""))
    #expect(netError("layer { pooling_param { pool: \"MAX\" } }").contains("without quotes"))
    #expect(netError("layers { type: CONVOLUTON }").contains("CONVOLUTION"))
  }

  @Test func unclosedBraceNamesWhereItWasOpened() {
    let error = netError("layer {\n  pooling_param {\n    stride: 2\n")
    #expect(error.contains("pooling_param") && error.contains("opened at line 2, column 17"))
    #expect(error.hasPrefix("a.prototxt:4:1:"))
    let swallowed = netError("layer {\n  pooling_param {\n    stride: 2\n}\nlayer { }")
    #expect(swallowed.hasPrefix("a.prototxt:5:1:") && swallowed.contains("line 1, column 7 is missing"))
  }

  @Test func surplusAndWrongBraces() {
    #expect(netError("layer { }\n}").hasPrefix("a.prototxt:2:1: found \"}\" with nothing left to close"))
    #expect(netError("layer { >").contains("\"}\" must close layer"))
    #expect(netError("layer { } }").contains("one too many"))
    #expect(netError("layer { } bottom: 'a'").contains("field of a layer"))
  }

  @Test func missingColonAndMissingValue() {
    #expect(
      netError("name \"a\"").hasPrefix("a.prototxt:1:6: found the string \"a\" where \":\" was expected"))
    #expect(netError("layer name: \"a\"").contains("where \"{\" was expected after \"layer\""))
    #expect(netError("name: }").contains("expects a string in quotes"))
    #expect(netError("name: a").contains("write \"a\""))
    #expect(netError("input_dim: [1, 2").contains("list that starts at line 1, column 12"))
    #expect(netError("5: 3").contains("where the name of a field"))
  }

  @Test func slashCommentsAreRefusedWithTheRemedy() {
    for text in ["name: \"a\" // b", "/* a */ name: \"a\""] {
      #expect(netError(text).contains("write comments with \"#\""))
    }
  }

  @Test(arguments: [
    ("max_iter: 99999999999", "from -2147483648 to 2147483647"), ("max_iter: 1.5", "a whole number"),
    ("max_iter: abc", "a whole number"), ("max_iter: 08", "a whole number"),
    ("device_id: [0, 1]", "takes one value"),
    ("random_seed: -9223372036854775809", "\"-9223372036854775809\""), ("base_lr: 1..2", "a number"),
    ("base_lr: 0x10", "a number"), ("base_lr: \"1\"", "a number"), ("base_lr: -", "a number"),
    ("debug_info: TRUE", "true or false"), ("debug_info: 2", "true or false"),
    ("max_iter: 5stride", "\"5stride\"")
  ])
  func wrongValues(_ text: String, _ expected: String) {
    let error = solverError(text)
    #expect(error.contains(expected) && error.hasPrefix("s.prototxt:1:"), "\(error)")
  }

  @Test func negativeValueOfAnUnsignedField() {
    #expect(netError("layer { pooling_param { stride: -1 } }").contains("from 0 to 4294967295, found \"-1\""))
  }

  @Test func brokenStrings() {
    #expect(
      netError("name: \"abc\nlayer { }").hasPrefix(
        "a.prototxt:1:7: the string that starts here is not closed"))
    #expect(netError(#"name: "C:\data""#).contains("better \"/\""))
    #expect(netError("name: \"\\").contains("ends inside a string"))
  }

  @Test func textInAnotherEncoding() throws {
    try withFolder { folder in
      try put(Array("name: \"".utf8) + [0xC1, 0xE9] + Array("\"".utf8), "\(folder)/a")
      #expect(message { _ = try NetReader.readNet(file: "\(folder)/a") }.contains("UTF-8"))
      try put(Array("# ".utf8) + [0xC1, 0xE9] + Array("\nname: \"n\"".utf8), "\(folder)/b")
      #expect(try NetReader.readNet(file: "\(folder)/b").net.name == "n")
    }
  }

  @Test func layerFormsThatAreMixed() {
    #expect(netError("layer { type: CONVOLUTION }").contains("write type: \"Convolution\""))
    #expect(netError("layers { type: \"Convolution\" }").contains("type: CONVOLUTION"))
    #expect(netError("layer { blobs_lr: 1 }").contains("param { lr_mult: … }"))
    #expect(netError("layer { } layers { }").contains("in one form"))
  }

  @Test func netGivenAsSolverAndReverse() {
    #expect(solverError("layer { }").contains("a solver's file was expected"))
    #expect(netError("base_lr: 1").contains("a net's file was expected"))
  }

  @Test func unfinishedMerge() {
    #expect(netError("name: \"a\"\n<<<<<<< HEAD\n").contains("unfinished merge"))
  }

  @Test func requiredFieldsAreDemanded() {
    #expect(netError("layer { clip_param { min: 1 } }").contains("lacks the field \"max\""))
  }

  @Test func deepNestingIsRefusedRatherThanOverflowing() {
    #expect(
      netError(String(repeating: "layer { ", count: 100_000)).contains("\"layer\" is no field of layer"))
  }

  @Test func unclosedUnknownField() {
    let error = message {
      _ = try NetReader.parseNet(text: "a { b [ 1 }", fileName: "n", unknownFields: .lenient)
    }
    #expect(error.contains("closes nothing"))
    let open = message {
      _ = try NetReader.parseNet(text: "a { b [ 1", fileName: "n", unknownFields: .lenient)
    }
    #expect(open.contains("opened at line 1, column 3"))
  }

  @Test func filesOfAnotherKind() throws {
    try withFolder { folder in
      let path = "\(folder)/f"
      func error(_ bytes: [UInt8]) throws -> String {
        try put(bytes, path)
        return message { _ = try NetReader.readNet(file: path) }
      }
      #expect(try error([]).contains("empty"))
      #expect(try error(Array(" \n".utf8)).contains("empty"))
      #expect(try error(Array("\n<!DOCTYPE html><html>".utf8)).contains("web page"))
      #expect(try error(Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains("git lfs pull"))
      #expect(try error([0xFF, 0xFE, 0x6E, 0]).contains("UTF-16"))
      #expect(try error([0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A]).contains("HDF5"))
      var net = NetParameter()
      net.name = "n"
      net.layer = [LayerParameter()]
      let weights = try error(net.serializedBytes())
      #expect(weights.contains("binary data") && weights.contains("--weights"))
      #expect(message { _ = try NetReader.readNet(file: folder) }.contains("folder"))
      let missing = message { _ = try NetReader.readNet(file: "\(folder)/none.prototxt") }
      #expect(missing.contains("none.prototxt") && missing.contains("No such file"))
    }
  }
}
