import Caffe
import CaffeTensorBoard
import CaffeTestSupport
import Foundation
import Testing

@Suite struct TensorBoardTests {
  @Test func theChecksumIsThatOfTheStandard() {
    // The values of RFC 3720, appendix B.4.
    #expect(CRC32C.of([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(CRC32C.of([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(CRC32C.of((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(CRC32C.of(Array("123456789".utf8)) == 0xE306_9283)
  }

  /// The records of a file, each with its checksums looked at.
  private func records(_ path: String) throws -> [Data] {
    var rest = try Data(contentsOf: URL(fileURLWithPath: path))[...]
    var found: [Data] = []
    func number(_ count: Int) -> UInt64 {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
    while !rest.isEmpty {
      let head = rest.prefix(8)
      let length = Int(number(8))
      #expect(number(4) == UInt64(CRC32C.masked(head)))
      let content = rest.prefix(length)
      #expect(content.count == length)
      rest = rest.dropFirst(length)
      #expect(number(4) == UInt64(CRC32C.masked(content)))
      found.append(Data(content))
    }
    return found
  }

  @Test func aTrainingIsWrittenAsRecords() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      """
      layer {
        name: "data" type: "DummyData" top: "x" top: "y"
        dummy_data_param {
          shape { dim: 4 dim: 3 dim: 8 dim: 8 } shape { dim: 4 dim: 1 }
          data_filler { type: "gaussian" } data_filler { type: "constant" value: 0.5 }
        }
      }
      layer {
        name: "conv" type: "Convolution" bottom: "x" top: "conv"
        convolution_param { num_output: 5 kernel_size: 3 weight_filler { type: "xavier" } }
      }
      layer { name: "ip" type: "InnerProduct" bottom: "conv" top: "ip" inner_product_param { num_output: 1 } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" }
      """, to: "net.prototxt")
    try folder.write(
      "net: \"net.prototxt\" base_lr: 0.01 lr_policy: \"fixed\" display: 1 max_iter: 4 test_iter: 1 test_interval: 2",
      to: "solver.prototxt")
    var context = Context(engine: ReferenceEngine(), phase: .train, registry: .standard)
    context.baseFolder = folder.path
    let solver = try Solver(file: "solver.prototxt", context: context)
    solver.observers.append(
      try TensorBoardWriter(folder: "logs/run", solver: solver, histogramInterval: 2, text: "# A run"))
    try solver.solve()
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("logs/run"))
    #expect(names.count == 1 && names[0].hasPrefix("events.out.tfevents."))
    let found = try records(folder.file("logs/run/\(names[0])"))
    // The version, the graph, the text; four displays, three tests, two sets of histograms.
    #expect(found.count == 3 + 4 + 3 + 2)
    let text = found.map { String(decoding: $0, as: UTF8.self) }
    #expect(text[0].contains("brain.Event:2") && text[1].contains("Convolution") && text[2].contains("# A run"))
    for tag in ["train/loss", "train/rate", "test/loss", "weights/conv/0", "gradients/ip/1", "filters/conv"] {
      #expect(text.contains { $0.contains(tag) }, "no \(tag)")
    }
    #expect(found.contains { $0.range(of: Data([0x89, 0x50, 0x4E, 0x47])) != nil })
  }

  @Test func aFolderThatCannotBeMadeIsAnError() throws {
    let folder = try TemporaryFolder()
    try folder.write("", to: "file")
    try folder.write(
      "layer { name: \"x\" type: \"Input\" top: \"x\" input_param { shape { dim: 1 } } }", to: "net.prototxt")
    try folder.write("net: \"net.prototxt\" base_lr: 1 lr_policy: \"fixed\" max_iter: 1", to: "solver.prototxt")
    var context = Context(engine: ReferenceEngine(), phase: .train, registry: .standard)
    context.baseFolder = folder.path
    let solver = try Solver(file: "solver.prototxt", context: context)
    #expect(throws: CaffeError.self) { try TensorBoardWriter(folder: "file/x", solver: solver, histogramInterval: 0) }
  }

  @Test func tilesShowFiltersInTheirColours() throws {
    // Two filters of 1×2 pixels, three planes each.
    let values: [Float] = [0, 0, 0, 0, 0, 1, 1, .nan, 1, 0, 1, 0]
    let picture = try #require(Picture.tiles(of: values, count: 2, channels: 3, height: 1, width: 2))
    #expect(picture.height == 3 && picture.width == 7 && picture.channels == 3)
    func pixel(_ x: Int) -> [UInt8] { Array(picture.pixels[(7 + x) * 3..<(7 + x) * 3 + 3]) }
    #expect(pixel(0) == [255, 255, 255] && pixel(3) == [255, 255, 255])
    #expect(pixel(1) == [0, 0, 0] && pixel(2) == [0, 0, 255])
    #expect(pixel(4) == [255, 255, 255] && pixel(5) == [0, 0, 0])
    let gray = try #require(Picture.tiles(of: [1, 2, 3, 4], count: 2, channels: 2, height: 1, width: 1, zoom: 2))
    #expect(gray.channels == 1 && gray.height == 7 && gray.width == 7)
    #expect(Picture.tiles(of: [], count: 0, channels: 1, height: 1, width: 1) == nil)
  }
}
