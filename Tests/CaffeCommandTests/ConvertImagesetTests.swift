import Caffe
import Foundation
import Testing

struct ConvertImagesetTests {
  let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    try FileManager.default.createDirectory(atPath: folder.path("pictures"), withIntermediateDirectories: true)
    for (name, side) in [("a", 4), ("b", 5), ("c", 4)] {
      let pixels = (0..<3 * side * side).map { UInt8(clamping: $0 * 2) }
      try Picture(height: side, width: side, channels: 3, pixels: pixels).write(to: folder.path("pictures/\(name).png"))
    }
    try folder.write("a.png 0\nb.png 1\nc.png 2\n", to: "list.txt")
  }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun("convert_imageset.bin", arguments, in: folder)
  }

  @Test func theLogIsTheOriginals() throws {
    let run = try run("--resize_width=6", "-resize_height", "6", "--shuffle=true", "pictures/", "list.txt", "x_lmdb")
    #expect(run.status == 0)
    let lines = run.error.split(separator: "\n").map { String($0.drop { $0 != "]" }.dropFirst(2)) }
    #expect(
      lines.dropLast() == ["Shuffling data", "A total of 3 images.", "Opened lmdb x_lmdb", "Processed 3 files."],
      "\(run.error)")
    #expect(lines.last?.hasPrefix("Made x_lmdb: 3 records, ") == true, "\(run.error)")
    #expect(try RecordStore.open(folder.path("x_lmdb"), backend: .lmdb).count == 3)
  }

  @Test func itIsACommandOfCaffeToo() throws {
    let run = try CommandRun(
      ["convert_imageset", "--backend=leveldb", "--noshuffle", "--jobs=2", "pictures", "list.txt", "db"], in: folder)
    #expect(run.status == 0 && run.error.contains("have different sizes"), "\(run.error)")
    #expect(folder.exists("db/CURRENT"))
  }

  @Test func wrongInputEndsInAnErrorAndNothing() throws {
    #expect(try run("pictures/", "list.txt").status == 64)
    #expect(try run("--backend=sqlite", "pictures/", "list.txt", "db").status == 64)
    #expect(try run("--encode_type=tiff", "pictures/", "list.txt", "db").status == 64)
    #expect(try run("--resize_width=5", "pictures/", "list.txt", "db").status == 64)
    #expect(try run("--jobs=0", "pictures/", "list.txt", "db").status == 64)
    let sizes = try run("--check_size", "pictures/", "list.txt", "db")
    #expect(sizes.status == 1 && sizes.error.contains("list.txt:2"))
    #expect(!folder.exists("db"))
    #expect(try run("pictures/", "list.txt", "db").status == 0)
    let again = try run("pictures/", "list.txt", "db")
    #expect(again.status == 1 && again.error.contains("already exists"))
    #expect(try run("--force", "pictures/", "list.txt", "db").status == 0)
  }

  @Test func leftOutPicturesAreCounted() throws {
    try folder.write("a.png 0\nmissing.png 1\n", to: "list.txt")
    #expect(try run("pictures/", "list.txt", "db").status == 1)
    let run = try run("--on-error=skip", "pictures/", "list.txt", "db")
    #expect(run.status == 0 && run.error.contains("missing.png"), "\(run.error)")
    #expect(run.error.contains("Left out 1 of 2 pictures") && run.error.contains("Processed 1 files."))
  }
}
