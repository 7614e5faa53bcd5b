import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct LinterTests {
  @Test func allFaultsOfAFileAreFoundWithTheirPlaces() throws {
    let found = try lint(
      """
      layer {
        nme: "a"
        name: "x"
        type: "Input"
        top: "x"
        input_param { shape { dim: one } }
      }
      layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { pool: MXA ceil_mode: true } }
      layer { name: "d" type: "PriorBox" bottom: "x" bottom: "y" top: "d" }
      """)
    let places = found.map { "\($0.location.line ?? 0):\($0.location.column ?? 0) \($0.rule)" }
    #expect(
      places == ["2:3 field", "6:30 field", "8:78 field", "8:82 field", "9:19 layer-type", "9:48 bottom"], "\(found)")
    #expect(found[0].message.contains("did you mean \"name\""))
    #expect(found[3].message.contains("DenseNet"))
    #expect(found[4].message.contains("SSD") && found[4].layer == "d")
  }

  @Test func aCaretIsUnderThePlace() throws {
    let found = try lint(
      "layer {\n\tnme: \"a\"\n  name: \"x\" type: \"Input\" top: \"x\" input_param { shape { dim: 1 } }\n}")
    let lines = found[0].text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[0].contains("file.prototxt:2:2: error: ") && lines[0].hasSuffix("[field]"))
    #expect(lines[1] == " 2 |  nme: \"a\"" && lines[2] == "   |  ^~~", "\(lines)")
  }

  @Test func aLongLineIsCutAroundThePlace() throws {
    let blanks = String(repeating: " ", count: 500)
    let found = try lint("layer { name: \"x\" \(blanks)nme: 1\(blanks) }")
    let lines = try #require(found.first { $0.rule == "field" }).text(width: 20).split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[1].count <= 20 && lines[2].count <= 20, "\(lines)")
    #expect(lines[1].contains("nme") && lines[2].contains("^"))
  }

  @Test func bytesThatAreNotUTF8AreAnErrorAndNoTrap() throws {
    let folder = try TemporaryFolder()
    try Data(Array("layer { name: \"".utf8) + [0xE9, 0xFF] + Array("\" type: \"Input\" top: \"x\" }".utf8))
      .write(to: URL(fileURLWithPath: folder.file("x.prototxt")))
    let found = Linter(context: Context(phase: .test)).findings(in: [folder.file("x.prototxt"), folder.file("no")])
    #expect(found.map(\.rule).contains("field") && found.last?.rule == "file", "\(found)")
    #expect(found.allSatisfy { !$0.text(width: 20).isEmpty })
  }

  @Test func aCycleIsSaidToBeOne() throws {
    let found = try lint(
      """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 4 } } }
      layer { name: "a" type: "Eltwise" bottom: "x" bottom: "b" top: "a" }
      layer { name: "b" type: "ReLU" bottom: "a" top: "b" }
      """)
    #expect(found.count == 1 && found[0].rule == "bottom" && found[0].message.contains("later"), "\(found)")
  }

  @Test func thousandsOfLayersTakeNoLongTime() throws {
    var text = "layer { name: \"x\" type: \"Input\" top: \"x0\" input_param { shape { dim: 1 dim: 4 } } }\n"
    for index in 0..<3000 {
      text += "layer { name: \"l\(index)\" type: \"ReLU\" bottom: \"x\(index)\" top: \"x\(index + 1)\" }\n"
    }
    #expect(try lint(text).isEmpty)
    #expect(try lint(text + "layer { name: \"z\" type: \"ReLU\" bottom: \"x\" top: \"z\" }").count == 1)
  }

  @Test func aCommentSaysThatItIsMeant() throws {
    let text = """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 4 } } }
      layer { name: "d" type: "Dropout" bottom: "x" top: "x" dropout_param { dropout_ratio: 0 } }
      """
    #expect(try lint(text).count == 1)
    #expect(try lint(text + "  # for tests: lint: ignore dropout-ratio").isEmpty)
    #expect(try lint(text + "  # lint: ignore unused-top").count == 1)
  }

  @Test func oldNetsAreLookedAtAsWhatTheyBecome() throws {
    let found = try lint(
      """
      layers { name: "data" type: DUMMY_DATA top: "data" top: "label"
        dummy_data_param { num: 2 channels: 3 height: 8 width: 8 num: 2 channels: 1 height: 1 width: 1 } }
      layers { name: "drop" type: DROPOUT bottom: "data" top: "data"
        dropout_param { dropout_ratio: 0 } }
      layers { name: "ip" type: INNER_PRODUCT bottom: "data" top: "ip" inner_product_param { num_output: 2 } }
      layers { name: "loss" type: SOFTMAX_LOSS bottom: "ip" bottom: "label" }
      """)
    #expect(found.map(\.rule) == ["dropout-ratio"] && found.first?.location.line == 4, "\(found)")
  }

  @Test func jsonHoldsTheSame() throws {
    let found = try lint("layer { nme: \"a\" name: \"x\" type: \"Input\" top: \"x\" input_param { shape { dim: 1 } } }")
    let report = LintReport(found, files: 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(object["errors"] as? Int == report.errors && report.errors > 0)
    let first = try #require((object["findings"] as? [[String: Any]])?.first)
    #expect(first["line"] as? Int == 1 && first["column"] as? Int == 9 && first["rule"] as? String == "field")
  }
}
