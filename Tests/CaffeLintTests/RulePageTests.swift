import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Every rule has a page whose examples are what the rule finds, and what it doesn't.
@Suite struct RulePageTests {
  static let names = LintRules.pages.map(\.name)
  private static let page = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Documentation/Lint.md")

  @Test func namesAreUnique() { #expect(Set(Self.names).count == Self.names.count) }

  @Test func thePageIsMadeOfTheRules() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(text == LintRules.document, "run: caffe lint --page > Documentation/Lint.md")
  }

  @Test(arguments: names) func theWrongExampleIsFoundAndTheRightOneIsNot(_ name: String) throws {
    let page = try #require(LintRules.pages.first { $0.name == name })
    #expect(!page.summary.isEmpty && !page.text.isEmpty)
    guard !page.wrong.isEmpty else { return }
    let found = try lint(page.wrong)
    #expect(found.contains { $0.rule == name && $0.severity == page.severity }, "\(found)")
    #expect(found.allSatisfy { $0.rule == name && $0.location.line != nil }, "\(found)")
    let rest = try lint(page.right)
    #expect(rest.isEmpty, "\(rest)")
  }

  @Test(arguments: names) func everyRuleCanBeIgnored(_ name: String) throws {
    let page = try #require(LintRules.pages.first { $0.name == name })
    guard !page.wrong.isEmpty else { return }
    #expect(try !lint(page.wrong, ignored: [name]).contains { $0.rule == name })
  }
}

/// What a linter finds in a file of this text.
func lint(_ text: String, ignored: Set<String> = []) throws -> [Finding] {
  let folder = try TemporaryFolder()
  let file = try folder.write(text, to: "file.prototxt")
  var linter = Linter(context: Context(phase: .test))
  linter.ignored = ignored
  return linter.findings(in: [file])
}
