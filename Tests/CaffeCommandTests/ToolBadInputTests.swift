import Caffe
import Foundation
import Testing

/// What the tools do with files that are missing, empty, cut off, damaged or something else: a line that names the file, status 1, and
/// nothing half-written.
@Suite(.serialized) struct ToolBadInputTests {
  let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    try FileManager.default.createDirectory(atPath: folder.path("pictures"), withIntermediateDirectories: true)
    let pixels = (0..<3 * 64 * 64).map { UInt8(($0 * 7) & 255) }
    try Picture(height: 64, width: 64, channels: 3, pixels: pixels).write(to: folder.path("pictures/good.png"))
    try Picture(height: 64, width: 64, channels: 3, pixels: pixels).write(to: folder.path("pictures/good.jpg"))
    try folder.write("good.png 0\n", to: "list.txt")
    let made = try CommandRun("convert_imageset", ["pictures/", "list.txt", "good_lmdb"], in: folder)
    try #require(made.status == 0, "\(made.error)")
  }

  /// Runs a tool that must fail with `words` in its last line and leave nothing new behind.
  private func refuse(
    _ tool: String, _ arguments: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    _ = try folder.tool(tool)
    let before = Set(folder.names)
    let run = try CommandRun(tool, arguments, in: folder)
    let last = run.error.split(separator: "\n").last.map(String.init) ?? ""
    #expect(
      run.status == 1 && last.hasPrefix("\(tool): error: "), "\(arguments): \(run.error)",
      sourceLocation: sourceLocation)
    for word in words where !word.isEmpty {
      #expect(last.contains(word), "\"\(word)\" isn't in: \(last)", sourceLocation: sourceLocation)
    }
    let new = Set(folder.names).subtracting(before).filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") }
    #expect(new.isEmpty, "left behind: \(new)", sourceLocation: sourceLocation)
  }

  private func content(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder.path(name))) }

  private func write(_ data: Data, _ name: String) throws {
    try data.write(to: URL(fileURLWithPath: folder.path(name)))
  }

  @Test func listsOfPictures() throws {
    func convert(_ list: String, _ words: String) throws {
      try refuse("convert_imageset", ["pictures/", list, "new_lmdb"], list, words)
    }
    try convert("missing.txt", "No such file")
    for (text, words) in [
      ("", "names no pictures"), ("\n \n", "names no pictures"), ("good.png 0\ngood.png\n", "the line has no label"),
      ("good.png 0\ngood.png 1 2\n", "2 labels"), ("good.png zero\n", "\"zero\" where a number should be"),
      ("good.png 99999999\n", "too large"), ("absent.png 0\n", "absent.png"), ("<html>\n", "the line has no label")
    ] {
      try folder.write(text, to: "bad.txt")
      try convert("bad.txt", words)
    }
    try write(content("good_lmdb/data.mdb"), "binary.txt")
    try convert("binary.txt", "this is no text")
    try refuse("convert_imageset", ["pictures/", "pictures", "new_lmdb"], "folder")
  }

  @Test(arguments: ["png", "jpg"]) func pictures(type: String) throws {
    let whole = try content("pictures/good.\(type)")
    try folder.write("good.png 0\nbad.\(type) 1\n", to: "bad.txt")
    var damaged = whole
    damaged.replaceSubrange(0..<8, with: Data(repeating: 0x20, count: 8))
    for (data, words) in [
      (Data(), "empty"), (Data(whole.prefix(whole.count / 2)), "can't be decoded"), (damaged, "picture"),
      (Data("<!DOCTYPE html><html>".utf8), "web page"), (Data("%PDF-1.4".utf8), "PDF")
    ] {
      try write(data, "pictures/bad.\(type)")
      for flags in [[], ["--encoded"]] {
        try refuse("convert_imageset", flags + ["pictures/", "bad.txt", "new_lmdb"], "bad.txt:2", words)
      }
      let skipped = try CommandRun(
        "convert_imageset", ["--on_error=skip", "--force", "pictures/", "bad.txt", "skipped_lmdb"], in: folder)
      #expect(skipped.status == 0 && skipped.error.contains("Left out 1 of 2 pictures"), "\(skipped.error)")
    }
  }

  @Test func outputsThatAreThereOrCannotBe() throws {
    try refuse("convert_imageset", ["pictures/", "list.txt", "good_lmdb"], "good_lmdb", "already exists")
    try refuse("convert_imageset", ["pictures/", "list.txt", "nowhere/new_lmdb"], "nowhere")
    try refuse("convert_imageset", ["--force", "pictures/", "list.txt", "list.txt"], "no database")
    try refuse("convert_imageset", ["--force", "pictures/", "list.txt", "pictures"], "no database")
    try refuse("compute_image_mean", ["good_lmdb", "nowhere/mean.binaryproto"], "nowhere")
    try refuse("compute_image_mean", ["good_lmdb", "pictures"], "folder")
    // A failed --force leaves what was there.
    try folder.write("good.png 0\nabsent.png 1\n", to: "bad.txt")
    let before = try content("good_lmdb/data.mdb")
    try refuse("convert_imageset", ["--force", "pictures/", "bad.txt", "good_lmdb"], "absent.png")
    #expect(try content("good_lmdb/data.mdb") == before)
  }

  @Test func databases() throws {
    func mean(_ words: String..., flags: [String] = []) throws {
      try refuse("compute_image_mean", flags + ["bad_lmdb", "mean.binaryproto"], "bad_lmdb", words.joined())
    }
    try mean("there is no such database")
    try FileManager.default.createDirectory(atPath: folder.path("bad_lmdb"), withIntermediateDirectories: true)
    try mean("has no file data.mdb")
    let whole = try content("good_lmdb/data.mdb")
    var damaged = whole
    damaged.replaceSubrange(0..<8192, with: Data(repeating: 0xA5, count: 8192))
    for data in [Data(), Data("<html>".utf8), Data(whole.prefix(whole.count / 2)), damaged] {
      try write(data, "bad_lmdb/data.mdb")
      try mean()
    }
    try mean("this is a LMDB database", flags: ["--backend=leveldb"])
    try refuse("compute_image_mean", ["list.txt", "mean.binaryproto"], "list.txt", "this is a file")
  }

  @Test func recordsThatAreNone() throws {
    func database(_ name: String, _ records: [[UInt8]]) throws {
      let writer = try RecordStore.create(folder.path(name), backend: .leveldb)
      for (index, record) in records.enumerated() { try writer.put(key: "key-\(index)", value: record) }
      try writer.finish()
    }
    func datum(_ side: Int32) throws -> [UInt8] {
      var datum = Datum()
      (datum.channels, datum.height, datum.width) = (1, side, side)
      datum.data = Data(count: Int(side * side))
      return try datum.serializedBytes()
    }
    try database("foreign", [datum(2), Array("something else".utf8)])
    try database("sizes", [datum(2), datum(3)])
    for (name, words) in [("foreign", "is not a Datum"), ("sizes", "1×3×3")] {
      try refuse("compute_image_mean", ["--backend=leveldb", name, "mean.binaryproto"], name, "key-1", words)
    }
  }

  @Test func filesOfCIFAR() throws {
    try refuse("convert_cifar_data", ["nowhere", ".", "lmdb"], "nowhere")
    let drawn = try CommandRun(["cifar", "--train=50", "--test=10", "--out=batches"], in: folder)
    try #require(drawn.status == 0, "\(drawn.error)")
    let whole = try content("batches/data_batch_3.bin")
    for data in [Data(), Data(whole.dropLast(5)), Data("<html>".utf8)] {
      try write(data, "batches/data_batch_3.bin")
      try refuse("convert_cifar_data", ["batches", ".", "lmdb"], "data_batch_3.bin")
    }
    #expect(!folder.exists("cifar10_train_lmdb"))
  }

  @Test func netsAndWeights() throws {
    try folder.write("layer { name: \"x\" type: \"Silence\" ", to: "cut.prototxt")
    try folder.write("", to: "empty")
    try folder.write("<html>", to: "page")
    for (tool, input) in [
      ("upgrade_net_proto_text", "missing"), ("upgrade_net_proto_text", "cut.prototxt"),
      ("upgrade_net_proto_text", "page"),
      ("upgrade_net_proto_binary", "missing"), ("upgrade_net_proto_binary", "empty"),
      ("upgrade_net_proto_binary", "page"),
      ("upgrade_solver_proto_text", "missing"), ("upgrade_solver_proto_text", "cut.prototxt")
    ] {
      try refuse(tool, [input, "made"], input)
    }
  }

  @Test func classificationsFiles() throws {
    try folder.write(
      """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
      layer { name: "pool" type: "Pooling" bottom: "data" top: "pool" pooling_param { pool: AVE global_pooling: true } }
      """, to: "net.prototxt")
    let net = try NetReader.readNet(file: folder.path("net.prototxt")).net
    try BinaryProto.write(net, file: folder.path("net.caffemodel"))
    let mean = try CommandRun("compute_image_mean", ["good_lmdb", "mean.binaryproto"], in: folder)
    #expect(mean.status == 0)
    try folder.write("a\nb\nc\n", to: "labels.txt")
    let good = ["net.prototxt", "net.caffemodel", "mean.binaryproto", "labels.txt", "pictures/good.png"]
    #expect(try CommandRun("classification", good, in: folder).status == 0)
    try folder.write("<html>", to: "page")
    for index in good.indices {
      for bad in ["missing", "page"] where !(index == 3 && bad == "page") {
        var arguments = good
        arguments[index] = bad
        try refuse("classification", arguments, bad)
      }
    }
    try folder.write("a\nb\n", to: "page")
    try refuse("classification", Array(good[0..<3]) + ["page", good[4]], "2 labels", "3 scores")
  }
}
