import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct ImageSetConverterTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.file("pictures/a b"), withIntermediateDirectories: true)
    for index in 0..<12 { try picture(index).write(to: folder.file("pictures/a b/\(index).png")) }
  }

  /// 4×5 pixels, all different from those of other numbers.
  private func picture(_ number: Int) -> Picture {
    Picture(height: 4, width: 5, channels: 3, pixels: (0..<60).map { UInt8($0 + 10 * number) })
  }

  private func list(_ lines: [String]) throws -> String {
    try lines.joined(separator: "\n").write(toFile: folder.file("list.txt"), atomically: true, encoding: .utf8)
    return folder.file("list.txt")
  }

  private func numbered(_ count: Int = 12) throws -> String { try list((0..<count).map { "a b/\($0).png \($0 % 3)" }) }

  @discardableResult
  private func convert(
    _ list: String, to name: String = "db", _ change: (inout ImageSetConverter) -> Void = { _ in }
  ) throws -> ImageSetConverter.Summary {
    try convert(list, to: name, follow: { _ in }, change)
  }

  private func convert(
    _ list: String, to name: String = "db", follow: (ImageSetConverter.Event) -> Void,
    _ change: (inout ImageSetConverter) -> Void
  ) throws -> ImageSetConverter.Summary {
    var converter = ImageSetConverter()
    change(&converter)
    return try converter.convert(
      root: folder.file("pictures/"), list: list, database: folder.file(name), follow: follow)
  }

  private func found(_ name: String = "db", _ backend: RecordBackend = .lmdb) throws -> [(key: String, datum: Datum)] {
    try records(RecordStore.open(folder.file(name), backend: backend)).map {
      ($0.key, try Datum(serializedBytes: $0.value))
    }
  }

  @Test(arguments: RecordBackend.allCases)
  func picturesComeInTheListsOrder(_ backend: RecordBackend) throws {
    var events: [String] = []
    let summary = try convert(numbered(), follow: { events.append("\($0)") }) { $0.backend = backend }
    #expect(summary.records == 12 && summary.skipped == 0 && summary.isUniform)
    #expect(events == ["listed(12)", "opened"] + (1...12).map { "advanced(\($0))" } + ["processed(12)"])
    for (index, record) in try found("db", backend).enumerated() {
      #expect(record.key == "000000\(index < 10 ? "0" : "")\(index)_a b/\(index).png")
      #expect([record.datum.channels, record.datum.height, record.datum.width] == [3, 4, 5])
      #expect(record.datum.label == Int32(index % 3) && !record.datum.encoded)
      #expect([UInt8](record.datum.data) == picture(index).planes())
    }
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    try convert(numbered(), to: "one") { $0.jobs = 1 }
    try convert(numbered(), to: "five") { $0.jobs = 5 }
    #expect(try found("one").map(\.datum) == found("five").map(\.datum))
  }

  @Test func aSeedDrawsAnOrder() throws {
    for (name, seed) in [("a", 1), ("b", 1), ("c", 2)] {
      try convert(numbered(), to: name) { $0.shuffleSeed = UInt64(seed) }
    }
    let orders = try ["a", "b", "c"].map { try found($0).map { $0.key.dropFirst(9) } }
    #expect(orders[0] == orders[1] && orders[0] != orders[2])
    #expect(orders[0].sorted() == orders[2].sorted() && orders[0] != orders[0].sorted())
    #expect(try found("a").allSatisfy { $0.datum.label == (Int32($0.key.dropFirst(13).dropLast(4)) ?? -1) % 3 })
  }

  @Test func picturesAreScaledAndMadeGrey() throws {
    try convert(numbered(2)) {
      $0.isGray = true
      $0.size = (6, 3)
    }
    let record = try found()[1].datum
    #expect([record.channels, record.height, record.width] == [1, 6, 3])
    #expect([UInt8](record.data) == (try picture(1).gray().resized(height: 6, width: 3).planes()))
  }

  @Test func filesAreKeptOrWrittenAnew() throws {
    try convert(numbered(1), to: "kept") { $0.encoding = .asNamed }
    let file = try Data(contentsOf: URL(fileURLWithPath: folder.file("pictures/a b/0.png")))
    #expect(try found("kept")[0].datum.data == file)
    #expect(try found("kept")[0].datum.encoded)
    try convert(numbered(1), to: "scaled") {
      $0.encoding = .asNamed
      $0.size = (8, 10)
    }
    let scaled = try Picture(decoding: [UInt8](found("scaled")[0].datum.data))
    #expect(scaled == (try picture(0).resized(height: 8, width: 10)))
    try convert(numbered(1), to: "jpeg") { $0.encoding = .file(.jpeg) }
    #expect(try found("jpeg")[0].datum.data.starts(with: [0xFF, 0xD8]))
    try convert(numbered(1), to: "grey") {
      $0.encoding = .asNamed
      $0.isGray = true
    }
    #expect(try Picture(decoding: [UInt8](found("grey")[0].datum.data), color: .asStored) == picture(0).gray())
  }

  @Test func severalLabelsAndFractionsAreFloats() throws {
    try convert(list(["a b/0.png 1 0.5", "a b/1.png -2 3"]), to: "several")
    #expect(try found("several").map(\.datum.floatLabel) == [[1, 0.5], [-2, 3]])
    try convert(list(["a b/0.png 2", "a b/1.png 0.25"]), to: "fraction")
    #expect(try found("fraction").map(\.datum.floatLabel) == [[2], [0.25]])
    #expect(try found("fraction").allSatisfy { !$0.datum.hasLabel })
  }

  @Test func badPicturesAreErrorsOrLeftOut() throws {
    try Data("nothing".utf8).write(to: URL(fileURLWithPath: folder.file("pictures/bad.png")))
    let lines = try list(["a b/0.png 0", "bad.png 1", "none.png 2", "a b/3.png 3"])
    let text = message { try convert(lines) }
    #expect(text.contains("list.txt:2") && text.contains("bad.png"), "\(text)")
    #expect(folder.names.sorted() == ["list.txt", "pictures"])
    var skipped: [String] = []
    let follow: (ImageSetConverter.Event) -> Void = { if case .skipped(let error) = $0 { skipped.append("\(error)") } }
    let summary = try convert(lines, follow: follow) { $0.skipsBadPictures = true }
    #expect(summary.records == 2 && summary.skipped == 2 && summary.isUniform)
    #expect(try found().map(\.key) == ["00000000_a b/0.png", "00000003_a b/3.png"])
    #expect(try found().map(\.datum.label) == [0, 3])
    #expect(skipped.count == 2 && skipped[1].contains("none.png"))
    let none = message { try convert(list(["bad.png 1"]), to: "empty") { $0.skipsBadPictures = true } }
    #expect(none.contains("none of the 1 pictures can be read"))
    #expect(!folder.names.contains("empty"))
  }

  @Test func differentSizesAreSaidOrRefused() throws {
    try picture(0).resized(height: 2, width: 2).write(to: folder.file("pictures/small.png"))
    let lines = try list(["a b/0.png 0", "small.png 1"])
    #expect(try !convert(lines).isUniform)
    let text = message { try convert(lines, to: "checked") { $0.checksSize = true } }
    #expect(text.contains("list.txt:2") && text.contains("3×2×2, where the first is one of 3×4×5"), "\(text)")
    let encoded = message {
      try convert(lines, to: "checked") {
        $0.checksSize = true
        $0.encoding = .asNamed
      }
    }
    #expect(encoded.contains("3×2×2"))
    #expect(try convert(lines, to: "scaled") { ($0.checksSize, $0.size) = (true, (3, 3)) }.isUniform)
  }

  @Test func wrongListsAreRefused() throws {
    #expect(message { try convert(folder.file("no.txt")) }.contains("no.txt"))
    #expect(message { try convert(list(["a b/0.png 0", "a b/1.png"])) }.contains("list.txt:2"))
    #expect(message { try convert(list(["a b/0.png 0", "a b/1.png 1 2"])) }.contains("list.txt:2"))
    #expect(message { try convert(list(["a b/0.png 99999999"])) }.contains("labels go to 16777215"))
    #expect(message { try convert(folder.file("pictures/a b/0.png")) }.contains("0.png"))
    #expect(message { try convert(numbered()) { $0.size = (4, 0) } }.contains("--resize_width=0"))
    #expect(folder.names.sorted() == ["list.txt", "pictures"])
  }

  @Test(arguments: RecordBackend.allCases)
  func aDatabaseIsReplacedOnlyWhenAskedAndAtTheEnd(_ backend: RecordBackend) throws {
    try makeDatabase(folder.file("db"), .leveldb, [("old", datum(1, 1, 1, [1]))])
    #expect(message { try convert(numbered()) { $0.backend = backend } }.contains("already exists"))
    let wrong = message { try convert(list(["none.png 1"])) { ($0.backend, $0.replacesExisting) = (backend, true) } }
    #expect(wrong.contains("none.png"))
    #expect(try found("db", .leveldb).map(\.key) == ["old"])
    try convert(numbered()) { ($0.backend, $0.replacesExisting) = (backend, true) }
    #expect(try found("db", backend).count == 12)
    #expect(folder.names.sorted() == ["db", "list.txt", "pictures"])
    let other = message { try convert(numbered(), to: "pictures") { $0.replacesExisting = true } }
    #expect(other.contains("is no database, so it isn't replaced"))
  }

  @Test func anInterruptLeavesNothing() throws {
    let lines = try numbered()
    let text = message {
      _ = try ImageSetConverter().convert(
        root: folder.file("pictures"), list: lines, database: folder.file("db"), shouldStop: { true })
    }
    #expect(text.contains("interrupted") && folder.names.sorted() == ["list.txt", "pictures"])
  }

  /// Databases of the original; only where `CAFFE_REFERENCE_DIR` has them.
  @Test(arguments: ["rgb_lmdb", "gray_lmdb", "encoded_lmdb", "rgb_leveldb"])
  func databasesEqualTheOriginals(_ name: String) throws {
    let reference = ReferenceFolder.path + "/data"
    guard FileManager.default.fileExists(atPath: reference + "/images/cat.jpg") else {
      print("skipped: the original's pictures, which need CAFFE_REFERENCE_DIR")
      return
    }
    let backend: RecordBackend = name.hasSuffix("leveldb") ? .leveldb : .lmdb
    var converter = ImageSetConverter()
    converter.backend = backend
    converter.isGray = name.hasPrefix("gray")
    converter.encoding = name.hasPrefix("encoded") ? .asNamed : .pixels
    if name.hasPrefix("rgb") { converter.size = (40, 56) }
    if name.hasPrefix("gray") { converter.size = (32, 32) }
    _ = try converter.convert(
      root: reference + "/images/", list: reference + "/list.txt", database: folder.file(name))
    try FileManager.default.createDirectory(atPath: folder.file("original"), withIntermediateDirectories: false)
    for file in try FileManager.default.contentsOfDirectory(atPath: "\(reference)/\(name)") where file != "LOCK" {
      let content = try Data(contentsOf: URL(fileURLWithPath: "\(reference)/\(name)/\(file)"))
      try content.write(to: URL(fileURLWithPath: folder.file("original/\(file)")))
    }
    let (ours, theirs) = try (found(name, backend), found("original", backend))
    #expect(ours.map(\.key) == theirs.map(\.key) && ours.count == 3)
    for (record, original) in zip(ours, theirs) {
      let largest = zip(record.datum.data, original.datum.data).map { abs(Int($0) - Int($1)) }.max() ?? 256
      #expect(largest <= (record.datum.encoded ? 0 : 1) && record.datum.data.count == original.datum.data.count)
      var same = record.datum
      same.data = original.datum.data
      #expect(same == original.datum, "\(record.key)")
    }
  }
}
