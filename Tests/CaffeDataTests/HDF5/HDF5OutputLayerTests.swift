import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct HDF5OutputLayerTests {
  private func text(_ file: String, _ labels: Int = 2) -> String {
    """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "y" type: "Input" top: "y" input_param { shape { dim: \(labels) } } }
    layer { name: "out" type: "HDF5Output" bottom: "x" bottom: "y" hdf5_output_param { file_name: "\(file)" } }
    """
  }

  private func run(_ net: Net, _ start: Float) throws {
    try net.blob(named: "x")?.setData((0..<6).map { start + Float($0) })
    try net.blob(named: "y")?.setData([start, start + 1])
    try net.forward()
  }

  @Test func batchesFollowOneAnother() throws {
    let folder = try TemporaryFolder()
    do {
      let net = try oneLayerNet(text("out.h5"), folder: folder)
      for batch in 0..<3 { try run(net, Float(batch) * 10) }
      #expect(!FileManager.default.fileExists(atPath: folder.file("out.h5")))
    }
    let root = try HDF5File.open(folder.file("out.h5"))
    let data = try root.dataset("data")
    #expect(data.shape == [6, 3])
    #expect(try data.floats() == (0..<3).flatMap { batch in (0..<6).map { Float(batch * 10 + $0) } })
    #expect(try root.dataset("label").floats() == [0, 1, 10, 11, 20, 21])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.h5"])
  }

  @Test func theDumpIsReadByHDF5Data() throws {
    let folder = try TemporaryFolder()
    do { try run(oneLayerNet(text("out.h5"), folder: folder), 5) }
    try Data("\(folder.path)/out.h5\n".utf8).write(to: URL(fileURLWithPath: folder.file("list.txt")))
    let net = try oneLayerNet(
      """
      layer { name: "d" type: "HDF5Data" top: "data" top: "label" hdf5_data_param { source: "list.txt" batch_size: 2 } }
      """, folder: folder)
    try net.forward()
    #expect(net.blob(named: "data")?.data.values == [5, 6, 7, 8, 9, 10])
  }

  @Test func nothingIsWrittenWithoutAForward() throws {
    let folder = try TemporaryFolder()
    do { _ = try oneLayerNet(text("out.h5"), folder: folder) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func whatIsWrongIsNamed() throws {
    let folder = try TemporaryFolder()
    let missing = message { try run(oneLayerNet(text("no/out.h5"), folder: folder), 0) }
    #expect(missing.contains("layer \"out\"") && missing.contains("no/out.h5"))
    #expect(message { _ = try oneLayerNet(text(""), folder: folder) }.contains("no file_name"))
    #expect(message { _ = try oneLayerNet(text("a.h5", 3), folder: folder) }.contains("same first extent"))
  }
}
