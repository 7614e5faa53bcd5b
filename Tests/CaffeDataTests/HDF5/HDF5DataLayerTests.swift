import Caffe
import CaffeTestSupport
import Testing

/// The HDF5Data layer: the order of records over several files, kinds of numbers, and what may be wrong.
struct HDF5DataLayerTests {
  private let folder: CaffeTestSupport.TemporaryFolder

  init() throws {
    folder = try CaffeTestSupport.TemporaryFolder()
    try write("a.h5", first: 0, count: 3)
    try write("b.h5", first: 3, count: 2)
    try folder.write("a.h5\nb.h5\r\n", to: "list.txt")
  }

  /// A file whose record n is the pair (n, 10·n) with the label n.
  private func write(_ name: String, first: Int, count: Int, width: Int = 2) throws {
    try HDF5File.write(to: folder.file(name)) { root in
      let values = (first..<first + count).flatMap { n in (0..<width).map { Double(n) * ($0 == 0 ? 1 : 10) } }
      try root.write(values, shape: [count, width], as: "data")
      try root.write((first..<first + count).map { Int32($0) }, shape: [count], as: "label")
    }
  }

  private func net(
    batch: Int = 2, more: String = "", layerFields: String = "", source: String = "list.txt", seed: UInt64 = 1
  ) throws -> Net {
    let text = """
      layer {
        name: "h" type: "HDF5Data" top: "data" top: "label" \(layerFields)
        hdf5_data_param { source: "\(source)" batch_size: \(batch) \(more) }
      }
      """
    var context = Context(
      engine: ReferenceEngine(), phase: .train, registry: .standard, random: RandomSource(seed: seed))
    context.baseFolder = folder.path
    return try Net(NetReader.parseNet(text: text).net, context: context)
  }

  private func labels(_ net: Net, batches: Int) throws -> [Float] {
    try (0..<batches).flatMap { _ in
      try net.forward()
      return net.blob(named: "label")?.data.values ?? []
    }
  }

  @Test func recordsComeInOrderOverAllFiles() throws {
    let net = try net()
    #expect(net.blob(named: "data")?.shape == [2, 2])
    #expect(net.blob(named: "label")?.shape == [2])
    #expect(try labels(net, batches: 6) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1])
    #expect(net.blob(named: "data")?.data.values == [0, 0, 1, 10])
  }

  @Test func aBatchMayBeLargerThanAllFiles() throws {
    #expect(try labels(net(batch: 7), batches: 2) == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3])
  }

  @Test(arguments: [1, 2, 3, 12, 1001]) func skippingIsReadingWithoutLooking(count: Int) throws {
    for more in ["", "shuffle: true"] {
      let (skipped, read) = (try net(more: more), try net(more: more))
      let source = try #require(skipped.layers[0] as? any ResumableSource)
      source.skip(batches: UInt64(count))
      _ = try labels(read, batches: count)
      #expect(try labels(skipped, batches: 5) == labels(read, batches: 5))
    }
  }

  @Test func shufflingKeepsFilesTogetherAndRepeatsWithTheSeed() throws {
    let first = try labels(net(batch: 5, more: "shuffle: true"), batches: 8)
    #expect(try labels(net(batch: 5, more: "shuffle: true"), batches: 8) == first)
    #expect(try labels(net(batch: 5, more: "shuffle: true", seed: 2), batches: 8) != first)
    for epoch in 0..<8 {
      let records = Array(first[epoch * 5..<epoch * 5 + 5])
      #expect(records.sorted() == [0, 1, 2, 3, 4])
      #expect(Set(records.prefix(2)) == [3, 4] || Set(records.prefix(3)) == [0, 1, 2])
    }
  }

  @Test func recordsHaveNames() throws {
    let net = try net()
    let source = try #require(net.layers[0] as? any RecordSource)
    _ = try labels(net, batches: 2)
    #expect(source.recordName(at: 0) == "number 2 of a.h5")
    #expect(source.recordName(at: 1) == "number 0 of b.h5")
    #expect(source.recordName(at: 2) == nil)
  }

  @Test func wrongSettingsAreNamed() throws {
    #expect(message { _ = try net(batch: 0) }.contains("batch_size 0; give 1 or more"))
    #expect(message { _ = try net(source: "") }.contains("has no source"))
    #expect(message { _ = try net(source: "absent.txt") }.contains("absent.txt"))
    #expect(message { _ = try net(layerFields: "transform_param { scale: 2 }") }.contains("remove transform_param"))
    try folder.write("\n", to: "none.txt")
    #expect(message { _ = try net(source: "none.txt") }.contains("the list names no HDF5 files"))
    try folder.write("absent.h5", to: "wrong.txt")
    #expect(message { _ = try net(source: "wrong.txt") }.contains("absent.h5"))
  }

  @Test func filesThatDoNotFitAreNamed() throws {
    try write("wide.h5", first: 0, count: 2, width: 3)
    try folder.write("a.h5 wide.h5", to: "mixed.txt")
    let mixed = try net(source: "mixed.txt")
    let text = message { _ = try labels(mixed, batches: 2) }
    #expect(text.contains("wide.h5") && text.contains("[3], but [2] in the files before"), "\(text)")
    #expect(message { _ = try labels(mixed, batches: 1) } == text)

    try HDF5File.write(to: folder.file("uneven.h5")) { root in
      try root.write([1, 2] as [Float], shape: [2, 1], as: "data")
      try root.write([1, 2, 3] as [Float], shape: [3], as: "label")
    }
    try folder.write("uneven.h5", to: "uneven.txt")
    #expect(
      message { _ = try net(source: "uneven.txt") }.contains("\"label\" has 3 records, but \"data\" has 2"))

    try HDF5File.write(to: folder.file("bare.h5")) { try $0.write([Float](), shape: [0, 2], as: "data") }
    try folder.write("bare.h5", to: "bare.txt")
    #expect(message { _ = try net(source: "bare.txt") }.contains("must count at least one record"))
  }

  /// All records of files that are larger than what may be held, in pieces.
  @Test func largeFilesAreReadInPieces() throws {
    try write("large.h5", first: 0, count: 1000)
    try write("next.h5", first: 1000, count: 100)
    let files = ["large.h5", "next.h5"].map { (name: $0, path: folder.file($0)) }
    // 12 bytes a record; in order, pieces of a sixteenth of the limit. The small file is held whole where it fits.
    for (shuffles, limit, most) in [
      (false, 11_000, 1200), (true, 2400, 1200), (false, 1100, 60), (false, 1, 12), (true, 1, 0)
    ] {
      let random = shuffles ? RandomStream(seed: 5) : nil
      let reader = try HDF5RecordReader(files: files, datasets: ["data", "label"], random: random, limit: limit)
      let whole = try HDF5RecordReader(files: files, datasets: ["data", "label"], random: random)
      let found = try records(reader, 2500)
      #expect(try records(whole, 2500) == found)
      #expect(found.prefix(1100).map { $0[2] }.sorted() == (0..<1100).map(Float.init))
      #expect(found.allSatisfy { $0[0] == $0[2] && $0[1] == 10 * $0[2] })
      #expect(reader.largestHolding == most)
      #expect(whole.largestHolding == 12_000)
    }
  }

  private func records(_ reader: HDF5RecordReader, _ count: Int) throws -> [[Float]] {
    try (0..<count).map { _ in
      var values: [Float] = [0, 0, 0]
      try values.withUnsafeMutableBufferPointer { buffer in
        let start = try #require(buffer.baseAddress)
        try reader.copyRecord(of: 0, to: start, place: 0)
        try reader.copyRecord(of: 1, to: start + 2, place: 0)
      }
      try reader.advance()
      return values
    }
  }

  @Test func everyKindOfNumberBecomesFloat() throws {
    try HDF5File.write(to: folder.file("kinds.h5")) { root in
      try root.write([0.5, 1e40] as [Double], shape: [2, 1], as: "double")
      try root.write([-7, 16_777_216] as [Int32], shape: [2], as: "whole")
      try root.write([1, 2, 3, 4] as [Float], shape: [2, 2], as: "float")
      try root.write("words", as: "text")
    }
    try folder.write("kinds.h5", to: "kinds.txt")
    func net(_ tops: [String]) throws -> Net {
      try oneLayerNet(
        """
        layer { name: "h" type: "HDF5Data" \(tops.map { "top: \"\($0)\"" }.joined(separator: " "))
          hdf5_data_param { source: "kinds.txt" batch_size: 2 } }
        """, folder: folder)
    }
    let kinds = try net(["double", "whole", "float"])
    try kinds.forward()
    #expect(kinds.blob(named: "double")?.data.values == [0.5, .infinity])
    #expect(kinds.blob(named: "whole")?.data.values == [-7, 16_777_216])
    #expect(kinds.blob(named: "float")?.data.values == [1, 2, 3, 4])
    #expect(message { _ = try net(["text"]) }.contains("dataset \"text\""))
    #expect(message { _ = try net(["absent"]) }.contains("there is no dataset \"absent\"; there is \"double\""))
  }
}
