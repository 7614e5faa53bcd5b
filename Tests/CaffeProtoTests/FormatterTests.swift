import CaffeCore
import CaffeProto
import CaffeTestSupport
import Foundation
import Testing

@Suite struct FormatterTests {
  private func expect(_ text: String, becomes wanted: String, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let once = try PrototxtFormatter.format(text)
    #expect(once == wanted, sourceLocation: sourceLocation)
    #expect(try PrototxtFormatter.format(once) == once, "not the same twice", sourceLocation: sourceLocation)
  }

  @Test func fieldsGoOnLinesOfTheirOwn() throws {
    try expect(
      "layer{name:'a'type: \"ReLU\"\n\ttop:  \"b\";  bottom :\"c\", }",
      becomes: "layer {\n  name: \"a\"\n  type: \"ReLU\"\n  top: \"b\"\n  bottom: \"c\"\n}\n")
  }

  @Test func aMessageOnOneLineStaysOnOne() throws {
    try expect(
      "a {\n input_param{shape{dim:1 dim:-2}}\n}", becomes: "a {\n  input_param { shape { dim: 1 dim: -2 } }\n}\n")
    try expect("a <b:1>", becomes: "a { b: 1 }\n")
    try expect("a { }", becomes: "a {}\n")
  }

  @Test func aMessageThatIsTooLongForALineIsBroken() throws {
    let name = String(repeating: "n", count: 90)
    try expect("a { b { c: 1 } name: \"\(name)\" }", becomes: "a {\n  b { c: 1 }\n  name: \"\(name)\"\n}\n")
  }

  @Test func commentsStayWhereTheyAre() throws {
    try expect(
      "# head\r\n\r\n\r\nlayer { # one\r\n# two\r\nname: \"x\"   # three  \r\n\r\n#four\r\n}# five\r\n# six",
      becomes: "# head\n\nlayer {  # one\n  # two\n  name: \"x\"  # three\n\n  #four\n}  # five\n# six\n")
  }

  @Test func commentsInTheMidstOfAFieldGoBeforeIt() throws {
    try expect(
      "a # one\n : # two\n 1 # three\n, # four\nb { # five\n }\nl: [1, # six\n 2]\n",
      becomes: "# one\n# two\na: 1  # three\n# four\nb {  # five\n}\n# six\nl: [1, 2]\n")
  }

  @Test func listsFillLines() throws {
    let values = (0..<40).map { String(1000 + $0) }
    let text = try PrototxtFormatter.format("l: [\(values.joined(separator: ","))]")
    #expect(
      text.split(separator: "\n").count == 5 && text.split(separator: "\n").allSatisfy { $0.count <= 100 }, "\(text)")
    try expect(text, becomes: text)
    try expect("l [{ a: 1 },\n { a: 2 }]", becomes: "l [{ a: 1 }, { a: 2 }]\n")
    try expect("l [{ a: 1\n },{ a: 2 }]", becomes: "l [\n  {\n    a: 1\n  },\n  { a: 2 }\n]\n")
  }

  @Test func stringsStayWhatTheyAre() throws {
    try expect(#"a: 'say "x"' b: "q\"" 'c'"#, becomes: "a: 'say \"x\"'\nb: \"q\\\"\" \"c\"\n")
  }

  @Test func bytesThatAreNotUTF8StayInComments() throws {
    let bytes = Array("a: 1 # ".utf8) + [0xE9, 0xFF] + Array("\n".utf8)
    #expect(try PrototxtFormatter.format(bytes: bytes, fileName: "x") == Array("a: 1  # ".utf8) + [0xE9, 0xFF, 10])
  }

  @Test(arguments: ["a", "a:", "a {", "a }", "a: [1", "a: -\"x\"", "a: 1 }", "a { b: 1 >", "1: 2", "a: [1 2]"])
  func otherTextsAreErrorsWithTheirPlace(_ text: String) {
    let error = #expect(throws: CaffeError.self) { _ = try PrototxtFormatter.format(text) }
    #expect(error?.location?.line == 1 && error?.location?.column != nil, "\(String(describing: error))")
  }

  @Test func whatIsNestedWithoutEndIsAnError() {
    let text = String(repeating: "a {", count: 100_000)
    #expect(throws: CaffeError.self) { _ = try PrototxtFormatter.format(text) }
  }

  private static let folder = environment("CAFFE_DATA_DIR").map { $0 + "/prototxt" }

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to format public prototxt files"))
  func everyPublicFileSaysTheSameAfterwards() throws {
    let folder = try #require(Self.folder)
    var formatted = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix("prototxt") {
      let path = "\(folder)/\(name)"
      do {
        let (once, original) = try PrototxtFormatter.format(file: path)
        #expect(try PrototxtFormatter.format(bytes: once, fileName: name) == once, "\(name): not the same twice")
        let before = Inspection.messages(NetReader.inspect(bytes: original, fileName: name))
        let after = Inspection.messages(NetReader.inspect(bytes: once, fileName: name))
        #expect(before.text == after.text && before.faults == after.faults, "\(name)")
        let comments: ([UInt8]) -> Int = { $0.count { $0 == UInt8(ascii: "#") } }
        #expect(comments(once) == comments(original), "\(name): lost a comment")
        formatted += 1
      } catch let error as CaffeError {
        #expect(error.location?.line != nil || error.code != .syntax, "\(error)")
        #expect(!NetReader.inspect(file: path).faults.isEmpty, "\(error): but it can be read")
      }
    }
    #expect(formatted > 670, "\(formatted) formatted")
  }
}

extension Inspection {
  /// What was read, as text, and how many faults there were.
  fileprivate static func messages(_ inspection: Inspection) -> (text: String, faults: [String]) {
    let faults = inspection.faults.map(\.message.count.description)
    switch inspection.content {
    case .net(let file): return (file.net.prototxt(), faults)
    case .solver(let file): return (file.solver.prototxt(), faults)
    case .none: return ("", faults)
    }
  }
}
