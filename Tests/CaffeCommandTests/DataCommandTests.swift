import Caffe
import Foundation
import Testing

struct DataCommandTests {
  let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    let writer = try RecordStore.create(folder.path("db"), backend: .lmdb)
    for index in 0..<4 {
      var datum = Datum()
      (datum.channels, datum.height, datum.width) = (1, 2, 2)
      datum.data = Data([UInt8(index), 10, 20, 30])
      datum.label = Int32(index % 2)
      try writer.put(key: "key\(index)", value: datum.serializedBytes())
    }
    try writer.finish()
  }

  @Test func checkPrintsATableOrJSON() throws {
    let table = try CommandRun(["data", "check", "db"], in: folder)
    #expect(table.status == 0, "\(table.error)")
    for words in ["records     4", "1×2×2: 4", "0 to 1, 2 different, 2 to 2 records each", "key0 … key3"] {
      #expect(table.output.contains(words), "\(table.output)")
    }
    let json = try CommandRun(["--json", "data", "check", "db"], in: folder)
    let content = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(content["records"] as? Int == 4 && content["unreadable"] as? Int == 0)
  }

  @Test func somethingWrongIsStatusOne() throws {
    try folder.write("missing.png 0\n", to: "list.txt")
    let run = try CommandRun(["data", "check", "list.txt", "--root=."], in: folder)
    #expect(run.status == 1 && run.error.contains("1 of 1 records can't be used"))
    #expect(run.output.contains("missing.png, line 1"))
    #expect(try CommandRun(["data", "check", "nothing"], in: folder).status == 1)
  }

  @Test func showPrintsARecordAndDrawsIt() throws {
    let run = try CommandRun(["data", "show", "db", "--record=key2", "--png=out.png"], in: folder)
    #expect(
      run.status == 0 && run.output.contains("label    0") && run.output.contains("2 to 30"),
      "\(run.output)\(run.error)")
    #expect(try Picture.read(file: folder.path("out.png"), color: .asStored).pixels == [2, 10, 20, 30])
    let json = try CommandRun(["data", "show", "db", "--index", "3", "--json"], in: folder)
    let content = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(content["values"] as? [Int] == [3, 10, 20, 30] && content["key"] as? String == "key3")
    let missing = try CommandRun(["data", "show", "db", "--record=key9"], in: folder)
    #expect(missing.status == 1 && missing.error.contains("no record with key \"key9\""))
  }

  @Test func whatToDoMustBeSaid() throws {
    let nothing = try CommandRun(["data"], in: folder)
    #expect(nothing.status == 64 && nothing.error.contains("data check, data show"))
    let near = try CommandRun(["data", "chekc", "db"], in: folder)
    #expect(near.status == 64 && near.error.contains("did you mean \"check\"?"))
    #expect(try CommandRun(["data", "check", "--help"], in: folder).output.contains("--root"))
    #expect(try CommandRun(["data", "show", "db", "--record=a", "--index=1"], in: folder).status == 64)
  }
}
