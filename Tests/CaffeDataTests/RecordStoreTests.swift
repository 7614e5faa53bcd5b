import Caffe
import Foundation
import Testing

@Suite struct RecordStoreTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.at(name) }

  @Test(arguments: RecordBackend.allCases)
  func recordsComeBackInKeyOrder(_ backend: RecordBackend) throws {
    let writer = try RecordStore.create(path("db"), backend: backend)
    for index in [5, 3, 9, 1] { try writer.put(key: "k\(index)", value: [UInt8(index), 0, 255]) }
    try writer.put(key: "k3", value: [])
    try writer.finish()
    let reader = try RecordStore.open(path("db"), backend: backend)
    let found = try records(reader)
    #expect(found.map(\.key) == ["k1", "k3", "k5", "k9"])
    #expect(found.map(\.value) == [[1, 0, 255], [], [5, 0, 255], [9, 0, 255]])
    #expect(try !reader.next())
    try reader.rewind()
    #expect(try reader.next())
    #expect(reader.keyText == "k1")
  }

  @Test(arguments: RecordBackend.allCases)
  func manyTransactionsAndAGrowingMapLoseNothing(_ backend: RecordBackend) throws {
    // 40 MB: more than twice the first map, and records larger than a page.
    let value = [UInt8](repeating: 7, count: 10_000)
    let writer = try RecordStore.create(path("db"), backend: backend)
    for index in 0..<4_000 { try writer.put(key: "key \(10_000 + index)", value: value) }
    try writer.finish()
    #expect(writer.count == 4_000)
    let reader = try RecordStore.open(path("db"), backend: backend)
    var count = 0
    while try reader.next() {
      #expect(reader.value.count == value.count)
      count += 1
    }
    #expect(count == 4_000)
    #expect(folder.contents == ["db"])
  }

  @Test func anLMDBIsNoLargerThanItsRecordsNeed() throws {
    let writer = try RecordStore.create(path("db"), backend: .lmdb)
    for index in 0..<5_000 { try writer.put(key: "\(10_000 + index)", value: [UInt8](repeating: 1, count: 800)) }
    try writer.finish()
    let attributes = try FileManager.default.attributesOfItem(atPath: path("db/data.mdb"))
    let size = try #require(attributes[.size] as? Int)
    #expect(size < 5_500_000, "4 records of 816 bytes fit a page of 4,096; found \(size) bytes")
  }

  @Test(arguments: RecordBackend.allCases)
  func severalReadersOfOneProcessShareADatabase(_ backend: RecordBackend) throws {
    try makeDatabase(path("db"), backend, [("a", Datum()), ("b", Datum())])
    let first = try RecordStore.open(path("db"), backend: backend)
    let second = try RecordStore.open(path("./db"), backend: backend)
    #expect(try first.next() && first.next())
    #expect(try second.next())
    #expect(first.keyText == "b" && second.keyText == "a")
  }

  @Test(arguments: RecordBackend.allCases)
  func aDatabaseIsClosedWithItsLastReader(_ backend: RecordBackend) throws {
    try makeDatabase(path("db"), backend, [("a", Datum())])
    do { _ = try RecordStore.open(path("db"), backend: backend) }
    try FileManager.default.removeItem(atPath: path("db"))
    try makeDatabase(path("db"), backend, [("b", Datum())])
    let reader = try RecordStore.open(path("db"), backend: backend)
    #expect(try records(reader).map(\.key) == ["b"])
  }

  @Test func anLMDBInAReadOnlyFolderIsRead() throws {
    try makeDatabase(path("db"), .lmdb, [("a", Datum())])
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: path("db/data.mdb"))
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path("db"))
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("db")) }
    #expect(try records(RecordStore.open(path("db"), backend: .lmdb)).map(\.key) == ["a"])
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write everywhere"), arguments: RecordBackend.allCases)
  func anUnwritableFolderIsNamed(_ backend: RecordBackend) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path) }
    let text = message { _ = try RecordStore.create(path("db"), backend: backend) }
    #expect(text.contains("must exist and be writable"))
  }

  @Test(.enabled(if: getuid() != 0, "the superuser may write everywhere"))
  func aLevelDBInAReadOnlyFolderSaysToCopyIt() throws {
    try makeDatabase(path("db"), .leveldb, [("a", Datum())])
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path("db"))
    defer { try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("db")) }
    let text = message { _ = try RecordStore.open(path("db"), backend: .leveldb) }
    #expect(text.contains("copy the folder to a writable place"))
  }

  @Test(arguments: RecordBackend.allCases)
  func databasesOfCaffeAreRead(_ backend: RecordBackend) throws {
    let name = backend == .lmdb ? "rgb_lmdb" : "rgb_leveldb"
    let reader = try RecordStore.open(folder.copy(fixture: name), backend: backend)
    let found = try records(reader)
    #expect(found.map(\.key) == ["00000000_cat.jpg", "00000001_cat_gray.jpg", "00000002_m0.png"])
    let datum = try Datum(serializedBytes: found[1].value)
    #expect([datum.channels, datum.height, datum.width, datum.label] == [3, 40, 56, 3])
    #expect(datum.data.count == 3 * 40 * 56)
  }

  @Test(.enabled(if: Fixtures.realData != nil, "set CAFFE_DATA_DIR to test with other people's databases"))
  func databasesOfOthersAreRead() throws {
    let data = try #require(Fixtures.realData)
    for (kind, backend) in [("lmdb", RecordBackend.lmdb), ("leveldb", .leveldb)] {
      for name in try FileManager.default.contentsOfDirectory(atPath: "\(data)/\(kind)") {
        try FileManager.default.copyItem(atPath: "\(data)/\(kind)/\(name)", toPath: path(name))
        let found = try records(RecordStore.open(path(name), backend: backend))
        #expect(!found.isEmpty)
        for record in found { #expect(try Datum(serializedBytes: record.value).channels > 0, "\(name) \(record.key)") }
      }
    }
  }
}

@Suite struct RecordStoreErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func path(_ name: String) -> String { folder.at(name) }
  private func opening(_ name: String, _ backend: RecordBackend) -> String {
    message { _ = try RecordStore.open(path(name), backend: backend) }
  }

  @Test(arguments: RecordBackend.allCases)
  func aMissingDatabaseIsNamed(_ backend: RecordBackend) {
    #expect(opening("none", backend).contains("none: there is no such database"))
  }

  @Test func aRelativePathSaysWhereItWasLookedFor() {
    let text = message { _ = try RecordStore.open("no/such_lmdb", backend: .lmdb) }
    #expect(text.contains(FileManager.default.currentDirectoryPath))
  }

  @Test(arguments: RecordBackend.allCases)
  func anEmptyDatabaseIsAnError(_ backend: RecordBackend) throws {
    try makeDatabase(path("db"), backend, [])
    #expect(opening("db", backend).contains("has no records"))
  }

  @Test func theOtherBackendIsRecognised() throws {
    try makeDatabase(path("a"), .lmdb, [("a", Datum())])
    try makeDatabase(path("b"), .leveldb, [("a", Datum())])
    #expect(opening("a", .leveldb).contains("this is a LMDB database, opened as LevelDB; say `backend: LMDB`"))
    #expect(opening("b", .lmdb).contains("this is a LevelDB database, opened as LMDB; say `backend: LEVELDB`"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: path("a")).contains("CURRENT") == false)
  }

  @Test(arguments: RecordBackend.allCases)
  func anotherFolderOrAFileIsNoDatabase(_ backend: RecordBackend) throws {
    try FileManager.default.createDirectory(atPath: path("plain"), withIntermediateDirectories: false)
    #expect(opening("plain", backend).contains("this folder is not a \(backend == .lmdb ? "LMDB" : "LevelDB")"))
    try Data("x".utf8).write(to: URL(fileURLWithPath: path("file")))
    #expect(opening("file", backend).contains("name the folder"))
  }

  @Test func aTruncatedLMDBIsAnErrorNotACrash() throws {
    let values = (0..<100).map { ("k\(1000 + $0)", datum(1, 50, 50, [UInt8](repeating: 1, count: 2500))) }
    try makeDatabase(path("db"), .lmdb, values)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path("db/data.mdb")))
    for (size, expected) in [(whole.count / 2, "truncated"), (100, "data.mdb"), (0, "empty")] {
      try whole.prefix(size).write(to: URL(fileURLWithPath: path("db/data.mdb")))
      #expect(opening("db", .lmdb).contains(expected), "\(size) bytes")
    }
    try Data("version https://git-lfs.github.com/spec/v1\n".utf8).write(
      to: URL(fileURLWithPath: path("db/data.mdb")))
    #expect(opening("db", .lmdb).contains("not a whole LMDB file"))
  }

  @Test func aDamagedLevelDBIsAnError() throws {
    let values = (0..<100).map { ("k\(1000 + $0)", datum(1, 50, 50, (0..<2500).map { UInt8($0 % 251) })) }
    try makeDatabase(path("db"), .leveldb, values)
    let table = try #require(
      try FileManager.default.contentsOfDirectory(atPath: path("db")).first { $0.hasSuffix(".ldb") })
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path("db/\(table)")))
    for index in 0..<200 { bytes[index] ^= 0x5A }
    try bytes.write(to: URL(fileURLWithPath: path("db/\(table)")))
    let text = message { _ = try records(RecordStore.open(path("db"), backend: .leveldb)) }
    #expect(text.contains("damaged"))
  }

  @Test(arguments: RecordBackend.allCases)
  func anExistingTargetIsRefused(_ backend: RecordBackend) throws {
    try FileManager.default.createDirectory(atPath: path("db"), withIntermediateDirectories: false)
    let text = message { _ = try RecordStore.create(path("db/"), backend: backend) }
    #expect(text.contains("db: already exists; remove it or choose another name"))
    #expect(folder.contents == ["db"])
  }

  @Test(arguments: RecordBackend.allCases)
  func aMissingParentIsNamed(_ backend: RecordBackend) {
    let text = message { _ = try RecordStore.create(path("none/db"), backend: backend) }
    #expect(text.contains("none must exist and be writable"))
  }

  @Test(arguments: RecordBackend.allCases)
  func anUnfinishedDatabaseLeavesNothing(_ backend: RecordBackend) throws {
    do {
      let writer = try RecordStore.create(path("db"), backend: backend)
      for index in 0..<1_500 { try writer.put(key: "\(index)", value: [1, 2, 3]) }
      #expect(!FileManager.default.fileExists(atPath: path("db")))
      #expect(folder.contents.count == 1)
    }
    #expect(folder.contents == [])
  }

  @Test func whatAKilledProcessLeftIsClearedUp() throws {
    // No process has so high a number.
    let left = path(".partial-2147483646-1-db")
    try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: false)
    try makeDatabase(path("db"), .lmdb, [("a", Datum())])
    #expect(folder.contents == ["db"])
  }

  @Test func anOverlongKeyIsRefusedByLMDB() throws {
    let writer = try RecordStore.create(path("db"), backend: .lmdb)
    let text = message { try writer.put(key: String(repeating: "x", count: 600), value: [1]) }
    #expect(text.contains("a key of 600 bytes") && text.contains("leveldb"))
  }

  @Test func anUnknownBackendNamesTheTwo() {
    #expect(message { _ = try RecordBackend(named: "sqlite") }.contains("use lmdb or leveldb"))
    #expect((try? RecordBackend(named: "LevelDB")) == .leveldb)
  }
}
