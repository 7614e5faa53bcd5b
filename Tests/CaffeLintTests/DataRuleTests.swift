import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// The rules that look at the data behind a net.
@Suite struct DataRuleTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A database of gray pictures with these labels, and a net and a solver for it.
  private func write(labels: [Int], size: Int = 4, outputs: Int = 10, transform: String = "", solver: String = "")
    throws
  {
    let writer = try RecordStore.create(folder.file("db"), backend: .lmdb)
    for (index, label) in labels.enumerated() {
      var datum = Datum()
      datum.channels = 1
      datum.height = Int32(size)
      datum.width = Int32(size)
      datum.data = Data(repeating: UInt8(index % 256), count: size * size)
      datum.label = Int32(label)
      try writer.put(key: "\(100_000 + index)", value: Array(try datum.serializedData()))
    }
    try writer.finish()
    try folder.write(
      """
      layer { name: "data" type: "Data" top: "data" top: "label"
        data_param { source: "db" backend: LMDB batch_size: 10 }
        transform_param { \(transform) } }
      layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: \(outputs) } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
      """, to: "net.prototxt")
    try folder.write("net: \"net.prototxt\"\nbase_lr: 0.1\nlr_policy: \"fixed\"\n\(solver)\n", to: "solver.prototxt")
  }

  private func rules() -> [String] {
    var context = Context(phase: .test)
    context.baseFolder = folder.path
    return Linter(context: context).findings(in: ["solver.prototxt"]).map(\.rule)
  }

  @Test func labelsFromOneOn() throws {
    try write(labels: (0..<120).map { $0 % 10 + 1 })
    #expect(rules() == ["one-based-labels"])
  }

  @Test func labelsFromOneOnWithAnOutputForEach() throws {
    try write(labels: (0..<120).map { $0 % 10 + 1 }, outputs: 11)
    #expect(rules() == ["one-based-labels"])
  }

  @Test func labelsFromZeroOn() throws {
    try write(labels: (0..<120).map { $0 % 10 })
    #expect(rules() == [])
  }

  @Test func aTestOfAPart() throws {
    try write(labels: (0..<100).map { $0 % 10 }, solver: "test_iter: 5\ntest_interval: 10")
    #expect(rules() == ["test-iterations"])
  }

  @Test func aTestOfAll() throws {
    try write(labels: (0..<95).map { $0 % 10 }, solver: "test_iter: 10\ntest_interval: 10")
    #expect(rules() == [])
  }

  @Test func aMeanOfAnotherSize() throws {
    try write(labels: [0, 1, 2], transform: "mean_file: \"mean.binaryproto\"")
    var mean = BlobProto()
    (mean.num, mean.channels, mean.height, mean.width) = (1, 1, 5, 5)
    mean.data = [Float](repeating: 1, count: 25)
    try mean.serializedData().write(to: URL(fileURLWithPath: folder.file("mean.binaryproto")))
    #expect(rules() == ["mean-file-size"])
    (mean.height, mean.width) = (4, 4)
    mean.data = [Float](repeating: 1, count: 16)
    try mean.serializedData().write(to: URL(fileURLWithPath: folder.file("mean.binaryproto")))
    #expect(rules() == [])
  }
}
