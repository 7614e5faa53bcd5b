import Caffe
import CaffeCommand
import CaffeTestSupport
import Foundation
import Testing

@Suite struct LayerHelpTests {
  private static let pages = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Documentation/Layers")

  @Test func everyLayerTypeHasItsPage() throws {
    #expect(LayerPage.all.map(\.name).sorted() == (LayerRegistry.standard.names + ["Python"]).sorted())
    for page in LayerPage.all {
      let file = try String(contentsOf: Self.pages.appending(path: "\(page.name).md"), encoding: .utf8)
      #expect(page.text + "\n" == file || page.text == file, "\(page.name): run scripts/embed-layer-pages")
    }
  }

  @Test(arguments: LayerPage.all.map(\.name)) func saysWhatOneNeedsToKnow(_ name: String) throws {
    let page = try #require(LayerPage.all.first { $0.name == name })
    #expect(page.text.hasPrefix("# \(name)\n"))
    #expect(!page.summary.isEmpty && page.summary.hasSuffix("."))
    for section in ["Shapes", "Parameters", "Gradient", "Errors", "Source", "Example"] {
      #expect(page.text.contains("\n## \(section)\n"), "no section \(section)")
    }
  }

  /// Layers that read files are built as `caffe summary` does.
  @Test(arguments: LayerPage.all.map(\.name)) func itsExampleBuilds(_ name: String) throws {
    let page = try #require(LayerPage.all.first { $0.name == name })
    let example = page.text.components(separatedBy: "```prototxt\n").last?.components(separatedBy: "```").first ?? ""
    let read = try NetReader.parseNet(text: example)
    #expect(read.net.layer.contains { $0.type == name })
    // Its classes are in files that aren't there.
    guard name != "Python" else { return }
    let context = Context(engine: ReferenceEngine(), phase: .train, registry: .standard)
    let sources = read.net.layer.filter { $0.bottom.isEmpty && $0.type.hasSuffix("Data") && $0.type != "DummyData" }
    let shapes = sources.flatMap(\.top).enumerated().map { index, top in
      InputShape(name: top, shape: index == 0 ? [2, 3, 32, 32] : [2])
    }
    #expect(throws: Never.self) { _ = try NetSummary(read, context: context, shapes: shapes) }
  }

  @Test func listsAllTypesByGroup() throws {
    let list = try #require(try LayerHelp.answer(to: ["layers"]))
    for name in LayerRegistry.standard.names { #expect(list.contains("  \(name) "), "\(name)") }
    #expect(list.contains("\nVision\n") && list.contains("\nLoss\n"))
  }

  @Test func printsAPageWithoutMarks() throws {
    let page = try #require(try LayerHelp.answer(to: ["layer", "pooling"]))
    #expect(page.hasPrefix("POOLING\n") && page.contains("\nPARAMETERS\n") && page.contains("    layer {"))
    #expect(!page.contains("```") && !page.contains("|---"))
  }

  @Test func namesNearTypesForAnUnknownOne() {
    let text = message { _ = try LayerHelp.answer(to: ["layer", "Convolutoin"]) }
    #expect(text.contains("\"Convolutoin\"") && text.contains("\"Convolution\""))
  }

  @Test func theProgramAnswers() throws {
    let run = try CommandRun(["help", "layer", "ReLU"], in: WorkFolder())
    #expect(run.status == 0 && run.output.hasPrefix("RELU\n"), "\(run.error)")
    let unknown = try CommandRun(["help", "layer", "ReLu7"], in: WorkFolder())
    #expect(unknown.status == 64 && unknown.error.contains("ReLU"))
  }
}
