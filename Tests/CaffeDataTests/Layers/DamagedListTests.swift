import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct DamagedListTests {
  /// Ten thousand damaged lists end in a list or an error.
  @Test(arguments: [
    "a.png 0\nb c.jpg 1 \n\n/d/e.JPEG -2.5\n",
    "# 0\na.png\n3\n10\n12\n2\n7 0.9 2 3 5 8\n2 0.4 0 0 3 3\n# 1\nb.png\n3\n10\n12\n0\n"
  ])
  func mutatedListsNeverCrash(text: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("list.txt")
    var random = RandomStream(seed: 2, stream: 8)
    var refused = 0
    for _ in 0..<10_000 {
      var bytes = Array(text.utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] = Array("0123456789 -.#\n\r\te".utf8).randomElement(using: &random) ?? 0
        default: bytes.insert(bytes[place], at: Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        if text.hasPrefix("#") {
          _ = try WindowList(path, name: path, foregroundThreshold: 0.5, backgroundThreshold: 0.5)
        } else {
          _ = try PictureList(path)
        }
      } catch let error as CaffeError {
        #expect(error.location != nil)
        refused += 1
      }
    }
    #expect(refused > 100 && refused < 10_000)
  }
}

struct DataLayerPageTests {
  @Test func everyLayerThatReadsFilesHasItsPage() throws {
    for type in DataLayers.types {
      let page = try String(
        contentsOfFile: Fixtures.root + "/Documentation/Layers/\(type.typeName).md", encoding: .utf8)
      for heading in ["Formula", "Shapes", "Parameters", "Gradient", "Errors", "Source", "Example"] {
        #expect(page.contains("## \(heading)\n"), "\(type.typeName).md has no \(heading)")
      }
      // The example is right but for its files, which aren't there.
      let example = try #require(
        page.components(separatedBy: "```prototxt\n").last?.components(separatedBy: "```").first)
      let layers = try Prototxt.parse(NetParameter.self, text: example).layer
      #expect(layers.contains { $0.type == type.typeName })
    }
  }
}
