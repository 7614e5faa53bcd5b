import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct FeatureExtractorTests {
  let folder: TemporaryFolder
  let log = RecordedLog()

  /// A database of seven records whose values are their numbers.
  init() throws {
    folder = try TemporaryFolder()
    let records = (0..<7).map { ("key-\($0)", datum(1, 2, 2, [UInt8](repeating: UInt8($0), count: 4))) }
    try makeDatabase(folder.file("lmdb"), .lmdb, records)
    try makeDatabase(folder.file("leveldb"), .leveldb, records)
  }

  private func net(_ source: String? = nil, more: String = "") throws -> Net {
    let data =
      source ?? """
        layer { name: "data" type: "Data" top: "data" data_param { source: "\(folder.file("lmdb"))" backend: LMDB batch_size: 3 } }
        """
    let text = """
      name: "small"
      \(data)
      layer { name: "part/twice" type: "Power" bottom: "data" top: "part/twice" power_param { scale: 2 } }
      \(more)
      """
    return try Net(
      NetReader.parseNet(text: text).net, context: Context(phase: .test, logger: log.logger))
  }

  private func extract(
    _ net: Net, _ format: FeatureFormat, _ names: [String], blobs: [String],
    _ change: (inout FeatureExtractor) -> Void = { _ in }
  ) throws {
    var extractor = try FeatureExtractor(net: net, blobs: blobs)
    change(&extractor)
    try extractor.extract(to: format.stores(names.map(folder.file), blobs: blobs))
  }

  private func rows(_ name: String, _ backend: RecordBackend = .lmdb) throws -> [(key: String, datum: Datum)] {
    try records(RecordStore.open(folder.file(name), backend: backend)).map {
      ($0.key, try Datum(serializedBytes: $0.value))
    }
  }

  @Test(arguments: RecordBackend.allCases) func theRecordsAreTheOriginals(backend: RecordBackend) throws {
    let format = try FeatureFormat(named: backend.rawValue)
    try extract(net(), format, ["data", "twice"], blobs: ["data", "part/twice"])
    let found = try rows("twice", backend)
    #expect(found.map(\.key) == (0..<7).map { "000000000\($0)" })
    for (index, row) in found.enumerated() {
      #expect(row.datum.floatData == [Float](repeating: Float(2 * index), count: 4))
      #expect([row.datum.channels, row.datum.height, row.datum.width] == [1, 2, 2])
      #expect(!row.datum.hasLabel && !row.datum.hasData)
    }
    #expect(try rows("data", backend).map { $0.datum.floatData[0] } == [0, 1, 2, 3, 4, 5, 6])
  }

  @Test func aNumberOfBatchesGoesPastTheEndAndSaysSo() throws {
    try extract(net(), .lmdb, ["out"], blobs: ["data"]) { $0.batches = 3 }
    #expect(try rows("out").map { $0.datum.floatData[0] } == [0, 1, 2, 3, 4, 5, 6, 0, 1])
    #expect(log.warnings.contains { $0.contains("more than the 7 records") })
    try extract(net(), .lmdb, ["cut"], blobs: ["data"]) {
      $0.batches = 3
      $0.stopsAtEpoch = true
    }
    #expect(try rows("cut").count == 7)
    try extract(net(), .lmdb, ["short"], blobs: ["data"]) {
      $0.batches = 2
      $0.stopsAtEpoch = true
    }
    #expect(try rows("short").count == 6)
  }

  @Test func recordsKeepTheirKeysIfAsked() throws {
    try extract(net(), .leveldb, ["out"], blobs: ["data"]) { $0.keys = .record }
    #expect(try rows("out", .leveldb).map(\.key) == (0..<7).map { "key-\($0)" })
    let twice = message {
      try extract(net(), .lmdb, ["again"], blobs: ["data"]) {
        $0.keys = .record
        $0.batches = 3
      }
    }
    #expect(twice.contains("\"key-0\" comes twice"))
    #expect(!folder.names.contains("again"))
  }

  @Test func anHDF5FileTakesSeveralBlobs() throws {
    try extract(net(), .hdf5, ["out.h5", "out.h5"], blobs: ["data", "part/twice"])
    let file = try HDF5File.open(folder.file("out.h5"))
    #expect(try file.dataset("part/twice").shape == [7, 1, 2, 2])
    #expect(try file.dataset("data").floats().last == 6)
    #expect(try file.dataset("part/twice").floats().last == 12)
  }

  @Test func arraysOfNumPyHoldAllRows() throws {
    try extract(net(), .npy, ["out.npy"], blobs: ["data"])
    let content = try Data(contentsOf: URL(fileURLWithPath: folder.file("out.npy")))
    #expect(content.prefix(10) == Data([0x93] + Array("NUMPY".utf8) + [1, 0, 246, 0]))
    let header = String(decoding: content[10..<256], as: UTF8.self)
    #expect(header.hasPrefix("{'descr': '<f4', 'fortran_order': False, 'shape': (7, 1, 2, 2), }"))
    #expect(header.hasSuffix("\n"))
    let values = content.dropFirst(256).withUnsafeBytes { bytes in
      (0..<28).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    #expect(content.count == 256 + 4 * 28)
    #expect(values == (0..<28).map { Float($0 / 4) })
  }

  @Test func listsAndHDF5FilesHaveAnEpochToo() throws {
    try folder.write("a.png 0\nb.png 1\nc.png 2\n", to: "list.txt")
    for name in ["a", "b", "c"] {
      try Picture(height: 2, width: 2, channels: 1, pixels: [1, 2, 3, 4]).write(to: folder.file("\(name).png"))
    }
    let pictures = """
      layer { name: "data" type: "ImageData" top: "data" top: "label"
        image_data_param { source: "\(folder.file("list.txt"))" root_folder: "\(folder.path)/" is_color: false batch_size: 2 } }
      """
    try extract(net(pictures), .lmdb, ["a"], blobs: ["label"]) { $0.keys = .record }
    #expect(try rows("a").map(\.key) == ["a.png", "b.png", "c.png"])
    #expect(try rows("a").map { $0.datum.floatData } == [[0], [1], [2]])
    for file in ["1.h5", "2.h5"] {
      try HDF5File.write(to: folder.file(file)) { try $0.write([1, 2, 3, 4] as [Float], shape: [4, 1], as: "data") }
    }
    try folder.write("\(folder.file("1.h5")) \(folder.file("2.h5"))", to: "files.txt")
    let hdf5 = """
      layer { name: "data" type: "HDF5Data" top: "data"
        hdf5_data_param { source: "\(folder.file("files.txt"))" batch_size: 3 } }
      """
    try extract(net(hdf5), .npy, ["b.npy"], blobs: ["data"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("b.npy"))).count == 256 + 4 * 8)
  }

  @Test func whatCannotBeIsSaidBeforeAnythingIsMade() throws {
    func refusal(_ net: Net, _ blobs: [String] = ["data"], _ change: (inout FeatureExtractor) -> Void = { _ in })
      -> String
    {
      message { try extract(net, .lmdb, ["out"], blobs: blobs, change) }
    }
    #expect(try refusal(net(), ["part/twcie"]).contains("did you mean \"part/twice\"?"))
    #expect(try refusal(net(), ["fc7"]).contains("there are data, part/twice"))
    #expect(try refusal(net(), ["data"]) { $0.batches = 0 }.contains("give 1 or more"))
    let input = "layer { name: \"data\" type: \"Input\" top: \"data\" input_param { shape { dim: 1 dim: 4 } } }"
    #expect(try refusal(net(input)).contains("nothing fills its input \"data\""))
    let dummy =
      "layer { name: \"data\" type: \"DummyData\" top: \"data\" dummy_data_param { shape { dim: 2 dim: 4 } } }"
    #expect(try refusal(net(dummy)).contains("give the number of batches"))
    #expect(
      try refusal(net(dummy)) {
        $0.batches = 1; $0.keys = .record
      }.contains("--keys=record"))
    let sum = "layer { name: \"sum\" type: \"Reduction\" bottom: \"data\" top: \"sum\" }"
    #expect(try refusal(net(more: sum), ["sum"]).contains("can't be cut"))
    #expect(folder.names == ["leveldb", "lmdb"])
  }

  @Test func whatIsThereStaysUnlessItMayGo() throws {
    try folder.write("mine", to: "out.npy")
    #expect(message { try extract(net(), .npy, ["out.npy"], blobs: ["data"]) }.contains("already exists"))
    #expect(message { try extract(net(), .lmdb, ["lmdb"], blobs: ["data"]) }.contains("already exists"))
    #expect(message { _ = try FeatureFormat.hdf5.stores(["a", "b"], blobs: ["data"]) }.contains("one for all"))
    #expect(try String(contentsOfFile: folder.file("out.npy"), encoding: .utf8) == "mine")
    let stores = try FeatureFormat.npy.stores([folder.file("out.npy")], blobs: ["data"], replacing: true)
    try FeatureExtractor(net: net(), blobs: ["data"]).extract(to: stores)
    #expect(folder.names == ["leveldb", "lmdb", "out.npy"])
    #expect(
      message {
        let stores = try FeatureFormat.npy.stores([folder.file("x.npy")], blobs: ["data"])
        try FeatureExtractor(net: net(), blobs: ["data"]).extract(to: stores, shouldStop: { true })
      }.contains("interrupted"))
    #expect(folder.names == ["leveldb", "lmdb", "out.npy"])
  }
}
