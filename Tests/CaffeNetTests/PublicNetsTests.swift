import CaffeTestSupport
import Foundation
import Testing

/// Every net of the data folder is built for both phases, without data; `Documentation/PublicNets.md` has the counts.
@Suite struct PublicNetsTests {
  private static let folder = ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"].map { $0 + "/prototxt" }

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to build public nets"))
  func everyNetBuildsOrSaysWhyNot() throws {
    let folder = try #require(Self.folder)
    var nets = PublicNets()
    for line in try String(contentsOfFile: "\(folder)/index.tsv", encoding: .utf8).split(separator: "\n") {
      let columns = line.split(separator: "\t")
      if columns.count > 1, columns[1] == "net" { nets.add("\(folder)/\(columns[0])") }
    }
    #expect(nets.unexplained.isEmpty, "\(nets.unexplained.joined(separator: "\n"))")
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Documentation/PublicNets.md")
    let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
    #expect(text.contains(nets.table), "the page's table should be:\n\(nets.table)")
  }
}
