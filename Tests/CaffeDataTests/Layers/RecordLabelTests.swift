import Caffe
import CaffeTestSupport
import Testing

/// Records with several labels, or fractions.
struct RecordLabelTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func make(_ labels: [[Float]], _ backend: RecordBackend = .lmdb) throws -> String {
    try makeDatabase(
      folder.file("db"), backend,
      labels.enumerated().map { index, labels in
        var record = datum(1, 1, 1, [UInt8(index)])
        record.floatLabel = labels
        return ("key\(index)", record)
      })
    return folder.file("db")
  }

  @Test(arguments: RecordBackend.allCases) func severalLabelsMakeARowEach(_ backend: RecordBackend) throws {
    let source = try make([[0.5, -2, 1e6], [1, 2, 3]], backend)
    let bench = try LayerBench(source, backend.field, batch: 3)
    try bench.forward()
    #expect(bench.tops[1].shape == [3, 3])
    #expect(bench.tops[1].data.values == [0.5, -2, 1e6, 1, 2, 3, 0.5, -2, 1e6])
  }

  @Test func oneFractionMakesOneLabel() throws {
    let bench = try LayerBench(make([[0.25], [-7.5]]), batch: 2)
    #expect(try bench.labels() == [0.25, -7.5])
    #expect(bench.tops[1].shape == [2])
  }

  @Test func labelsMayBeStoredOneByOne() throws {
    // Field 9001 not packed, as other programs may write it: each value with its own tag.
    var bytes: [UInt8] = [8, 1, 16, 1, 24, 1, 34, 1, 9]
    for value in [Float(1.5), -3] {
      bytes += [0xCD, 0xB2, 0x04] + withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    let writer = try RecordStore.create(folder.file("db"), backend: .lmdb)
    try writer.put(key: "a", value: bytes)
    try writer.finish()
    #expect(try LayerBench(folder.file("db"), batch: 1).labels() == [1.5, -3])
  }

  @Test func anotherNumberOfLabelsIsAnErrorThatNamesTheRecord() throws {
    let bench = try LayerBench(make([[1, 2], [3]]), batch: 2) { $0.dataParam.onError = .skip }
    #expect(message { try bench.forward() }.contains("key1 has 1 labels where the first record has 2"))
  }

  /// From a list with fractions to a database to a net: the labels are the list's.
  @Test func convertedListsKeepTheirLabels() throws {
    for name in ["a.png", "b.png"] {
      try Picture(height: 1, width: 1, channels: 1, pixels: [7]).write(to: folder.file(name))
    }
    for (list, wanted) in [
      ("a.png 0.5 2\nb.png 3 -4\n", [0.5, 2, 3, -4]), ("a.png 0.5\nb.png 3\n", [0.5, 3]),
      ("a.png 1 2\nb.png 3 4", [1, 2, 3, 4]),
      ("a.png 1\nb.png 3\n", [1, 3])
    ] as [(String, [Float])] {
      var converter = ImageSetConverter()
      converter.isGray = true
      converter.replacesExisting = true
      try folder.write(list, to: "list.txt")
      _ = try converter.convert(root: folder.path + "/", list: folder.file("list.txt"), database: folder.file("db"))
      let bench = try LayerBench(folder.file("db"), batch: 2)
      #expect(try bench.labels() == wanted)
      #expect(bench.tops[1].shape.extents == (wanted.count == 2 ? [2] : [2, 2]))
    }
  }
}
