import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct DataInspectionTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func picture(_ seed: Int, side: Int = 4) -> Picture {
    Picture(
      height: side, width: side, channels: 3, pixels: (0..<3 * side * side).map { UInt8(($0 * 7 + seed * 31) & 255) })
  }

  @Test(arguments: RecordBackend.allCases) func aSoundDatabaseIsCounted(backend: RecordBackend) throws {
    try makeDatabase(
      folder.file("db"), backend,
      (0..<300).map { ("\(1000 + $0)", datum(1, 2, 2, [UInt8($0 & 255), UInt8($0 >> 8), 0, 1], label: Int32($0 % 3))) })
    let report = try DataInspection.check(folder.file("db"))
    #expect(report.isSound && report.notes.isEmpty && report.kind == (backend == .lmdb ? "LMDB" : "LevelDB"))
    #expect(report.records == 300 && report.first == "1000" && report.last == "1299")
    #expect(report.contents.map(\.value) == ["pixels"] && report.shapes.map(\.value) == [[1, 2, 2]])
    #expect(report.labels.count == 1 && report.labels[0].classes.map(\.records) == [100, 100, 100])
    #expect(report.duplicated == 0 && report.unreadable == 0)
  }

  @Test func whatIsWrongIsFound() throws {
    var encoded = Datum()
    encoded.encoded = true
    encoded.data = Data(try picture(1).encoded(as: .png).dropLast(9))
    let writer = try RecordStore.create(folder.file("db"), backend: .lmdb)
    let datums = [
      ("a", datum(1, 2, 2, [1, 2, 3, 4], label: 1)), ("b", datum(1, 2, 2, [1, 2, 3, 4], label: 1)),
      ("c", datum(1, 2, 2, [1, 2, 3, 4], label: 2)), ("d", datum(1, 1, 4, [1, 2, 3, 4], label: 1)),
      ("e", datum(1, 2, 2, [1, 2, 3], label: 1)), ("f", encoded)
    ]
    for (key, datum) in datums { try writer.put(key: key, value: datum.serializedBytes()) }
    try writer.put(key: "g", value: Array("no Datum".utf8))
    var floats = Datum()
    (floats.channels, floats.height, floats.width) = (1, 1, 4)
    floats.floatData = [1, .nan, 2, 3]
    try writer.put(key: "h", value: floats.serializedBytes())
    try writer.finish()
    let report = try DataInspection.check(folder.file("db"))
    #expect(report.unreadable == 4 && report.faults.map(\.record) == ["e", "f", "g", "h"])
    #expect(report.duplicates.map(\.record) == ["b", "c"] && report.duplicates.map(\.contradicts) == [false, true])
    let problems = report.problems.joined(separator: "\n")
    for words in ["4 of 8 records can't be used", "2 shapes", "1 records have the content of an earlier one and other"]
    {
      #expect(problems.contains(words), "\(problems)")
    }
  }

  @Test func labelsBesideOneAnotherAreColumns() throws {
    var first = datum(1, 1, 1, [1])
    var second = datum(1, 1, 1, [2])
    first.floatLabel = [0.5, 2]
    second.floatLabel = [1.5, -3]
    try makeDatabase(folder.file("db"), .lmdb, [("a", first), ("b", second)])
    let report = try DataInspection.check(folder.file("db"))
    #expect(report.isSound && report.labels.map(\.minimum) == [0.5, -3] && report.labels.map(\.maximum) == [1.5, 2])
    #expect(report.labels.map(\.isWhole) == [false, true] && report.labels[1].classes.map(\.value) == [-3, 2])
  }

  @Test func listsAreLookedThrough() throws {
    for (name, seed, side) in [("a", 1, 4), ("b", 2, 5), ("c", 1, 4)] {
      try picture(seed, side: side).write(to: folder.file("\(name).png"))
    }
    try folder.write("text", to: "d.png")
    try folder.write("a.png 0\nb.png 1\nc.png 4\n", to: "good.txt")
    let good = try DataInspection.check(folder.file("good.txt"), root: folder.path)
    #expect(good.problems == ["1 records have the content of an earlier one and other labels"])
    #expect(good.notes.contains { $0.contains("2 shapes") } && good.notes.contains { $0.contains("2 labels between") })
    try folder.write("a.png 0\nd.png 1\nmissing.png 1\n", to: "bad.txt")
    let bad = try DataInspection.check(folder.file("bad.txt"), root: folder.path + "/")
    #expect(bad.unreadable == 2 && bad.faults.map(\.record) == ["d.png, line 2", "missing.png, line 3"])
  }

  @Test func whatIsNeitherIsRefused() throws {
    #expect(message { _ = try DataInspection.check(folder.file("nothing")) }.contains("there is no such database"))
    #expect(message { _ = try DataInspection.check(folder.path) }.contains("neither a file data.mdb"))
    try folder.write("a.png\u{0} 0\n", to: "binary")
    #expect(message { _ = try DataInspection.check(folder.file("binary")) }.contains("this is no text"))
    try folder.write("a.png\n", to: "list.txt")
    #expect(message { _ = try DataInspection.check(folder.file("list.txt")) }.contains("list.txt:1"))
  }

  @Test func aBrokenDatabaseIsReportedUpToItsBreak() throws {
    let path = folder.file("db")
    let records = (0..<3000).map { index in
      ("\(10000 + index)", datum(1, 8, 8, (0..<64).map { UInt8(($0 * index) & 255) }))
    }
    try makeDatabase(path, .leveldb, records)
    let table = try #require(try FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasSuffix("db") })
    var content = try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(table)"))
    let middle = content.count / 2
    content.replaceSubrange(middle..<middle + 64, with: [UInt8](repeating: 0xA5, count: 64))
    try content.write(to: URL(fileURLWithPath: "\(path)/\(table)"))
    let report = try DataInspection.check(path)
    #expect(report.records > 0 && report.records < 3000)
    #expect(report.problems.first?.contains("breaks off after \(report.records) records") == true, "\(report.problems)")
  }

  @Test func aRecordBecomesAPicture() throws {
    let original = picture(5)
    var encoded = Datum()
    encoded.encoded = true
    encoded.label = 7
    encoded.data = Data(try original.encoded(as: .png))
    var floats = Datum()
    (floats.channels, floats.height, floats.width) = (5, 1, 2)
    floats.floatData = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 9]
    try makeDatabase(
      folder.file("db"), .lmdb, [("a", datum(3, 4, 4, original.planes(), label: 3)), ("b", encoded), ("c", floats)])
    let first = try StoredRecord(.key("a"), of: folder.file("db"))
    #expect(try first.picture() == original && first.labels == [3] && first.content == "pixels")
    let second = try StoredRecord(.index(1), of: folder.file("db"))
    #expect(try second.picture() == original && second.content == "PNG" && second.key == "b")
    let third = try StoredRecord(.key("c"), of: folder.file("db"))
    let grid = try third.picture()
    #expect(grid.channels == 1 && grid.width == 8 && grid.height == 3)
    #expect(Array(grid.pixels[0..<8]) == [0, 26, 0, 51, 77, 0, 102, 128])
    #expect(third.range == (-1, 9))
    #expect(message { _ = try StoredRecord(.key("x"), of: folder.file("db")) }.contains("keys from \"a\" to \"c\""))
    #expect(message { _ = try StoredRecord(.index(3), of: folder.file("db")) }.contains("no record number 3"))
  }
}
