import Caffe
import Foundation
import Testing

/// Tools on a full disk: a file system in memory, of a quarter of a megabyte, that only the tool sees.
@Suite(.serialized) struct FullDiskTests {
  let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    let writer = try RecordStore.create(folder.path("source"), backend: .lmdb)
    for index in 0..<40 {
      var datum = Datum()
      (datum.channels, datum.height, datum.width) = (3, 100, 100)
      datum.data = Data((0..<30000).map { UInt8(truncatingIfNeeded: ($0 &* ($0 &+ index)) >> 3) })
      try writer.put(key: "\(1000 + index)", value: datum.serializedBytes())
    }
    try writer.finish()
    try FileManager.default.createDirectory(atPath: folder.path("full"), withIntermediateDirectories: true)
    try folder.write(
      "layer { name: \"d\" type: \"Data\" top: \"data\" data_param { source: \"source\" backend: LMDB batch_size: 10 } }",
      to: "net.prototxt")
  }

  /// Runs a tool with the folder `full` full; nil where such a file system can't be made. Its output is what is left there.
  private func run(_ tool: String, _ arguments: [String]) throws -> CommandRun? {
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/unshare") else { return nil }
    let log = folder.path("log")
    let process = Process()
    let left = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    process.arguments =
      [
        "-rm", "sh", "-c",
        "mount -t tmpfs -o size=256k tmpfs full || exit 99; \"$@\" 2> '\(log)'; status=$?; ls -A full; exit $status",
        "sh",
        try folder.tool(tool)
      ] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.root)
    process.standardOutput = left
    process.standardError = FileHandle.nullDevice
    try process.run()
    let names = String(decoding: left.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus != 99, FileManager.default.fileExists(atPath: log) else {
      print("skipped: no file system of a limited size can be made here")
      return nil
    }
    return CommandRun(
      status: process.terminationStatus, output: names, error: try String(contentsOfFile: log, encoding: .utf8))
  }

  private func refuse(_ tool: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
    guard let run = try run(tool, arguments) else { return }
    let last = run.error.split(separator: "\n").last.map(String.init) ?? ""
    #expect(
      run.status == 1 && last.contains("full"), "\(arguments): \(run.status) \(run.error)",
      sourceLocation: sourceLocation)
    #expect(last.contains("space") || last.contains("room"), "\(last)", sourceLocation: sourceLocation)
    #expect(run.output == "", "left behind: \(run.output)", sourceLocation: sourceLocation)
  }

  @Test(arguments: ["lmdb", "leveldb", "hdf5", "npy"]) func features(format: String) throws {
    try refuse("extract_features", ["--model=net.prototxt", "--blobs=data", "--out=full/made", "--backend=\(format)"])
  }

  @Test(arguments: ["lmdb", "leveldb"]) func imageSets(backend: String) throws {
    let pixels = (0..<3 * 300 * 300).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 5) }
    try Picture(height: 300, width: 300, channels: 3, pixels: pixels).write(to: folder.path("a.png"))
    try folder.write("a.png 0\na.png 1\n", to: "list.txt")
    try refuse("convert_imageset", ["--backend=\(backend)", "./", "list.txt", "full/made"])
  }

  @Test func means() throws {
    var datum = Datum()
    (datum.channels, datum.height, datum.width) = (3, 200, 200)
    datum.data = Data(count: 120_000)
    let writer = try RecordStore.create(folder.path("large"), backend: .lmdb)
    try writer.put(key: "a", value: datum.serializedBytes())
    try writer.finish()
    try refuse("compute_image_mean", ["large", "full/mean.binaryproto"])
    let device = try CommandRun("compute_image_mean", ["large", "/dev/full"], in: folder)
    #expect(device.status == 1 && device.error.contains("/dev/full"), "\(device.error)")
  }
}
