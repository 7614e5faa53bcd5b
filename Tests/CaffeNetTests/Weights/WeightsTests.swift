import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Weights in and out of nets, in both formats, of old files and new, and what may be wrong with them.
struct WeightsTests {
  private let folder: TemporaryFolder
  private let log = RecordedLog()

  init() throws { folder = try TemporaryFolder() }

  /// Two inner products; what `change` makes of their text.
  private func net(_ change: (String) -> String = { $0 }) throws -> Net {
    let text = """
      name: "two"
      layer { name: "in" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
      layer {
        name: "block/first" type: "InnerProduct" bottom: "x" top: "h"
        inner_product_param { num_output: 4 weight_filler { type: "gaussian" } bias_filler { type: "gaussian" } }
      }
      layer {
        name: "last" type: "InnerProduct" bottom: "h" top: "y"
        inner_product_param { num_output: 5 weight_filler { type: "gaussian" } }
      }
      """
    var context = Context(engine: ReferenceEngine(), phase: .train, registry: .standard, logger: log.logger)
    context.baseFolder = folder.path
    return try Net(NetReader.parseNet(text: change(text)).net, context: context)
  }

  private func values(_ net: Net) -> [[Float]] { net.parameters.map(\.blob.data.values) }

  private func error(of body: () throws -> Void) -> CaffeError? {
    do {
      try body()
      return nil
    } catch {
      return error as? CaffeError
    }
  }

  @Test(arguments: ["saved.caffemodel", "saved.caffemodel.h5"]) func whatIsSavedIsLoaded(file: String) throws {
    let (source, target) = (try net(), try net())
    #expect(values(source) != values(target))
    try source.saveWeights(file: file)
    let report = try target.loadWeights(file: file)
    #expect(values(source) == values(target))
    #expect(report.loaded == ["block/first", "last"])
    #expect(report.missing.isEmpty && report.extra.isEmpty && report.mismatched.isEmpty)
    #expect(report.description == "2 layers loaded")
  }

  @Test func theMessageHoldsNamesShapesAndGradients() throws {
    let net = try net()
    try net.parameters[0].blob.setDiff([Float](repeating: 2, count: 12))
    let plain = net.weights()
    #expect(plain.name == "two")
    #expect(plain.layer.map(\.name) == net.layers.map(\.name))
    #expect(plain.layer[1].blobs[0].shape.dim == [4, 3])
    #expect(plain.layer[1].blobs[0].diff.isEmpty)
    #expect(net.weights(includingGradients: true).layer[1].blobs[0].diff == [Float](repeating: 2, count: 12))
    try net.saveWeights(file: "gradients.h5", includingGradients: true)
    let file = try HDF5File.open(folder.file("gradients.h5"))
    #expect(try file.dataset("diff/block/first/0").floats() == [Float](repeating: 2, count: 12))
  }

  @Test func sharedParametersAreStoredOnceInHDF5() throws {
    let share: (String) -> String = { text in
      text.replacing("layer {\n", with: "layer {\n param { name: \"w\" } param { name: \"b\" }\n")
        .replacing("num_output: 5", with: "num_output: 4")
        .replacing("dim: 3", with: "dim: 4")
    }
    let (source, target) = (try net(share), try net(share))
    try source.saveWeights(file: "shared.h5")
    let file = try HDF5File.open(folder.file("shared.h5"))
    #expect(try file.group("data/last").names().isEmpty)
    #expect(try file.group("data/block/first").names() == ["0", "1"])
    try target.loadWeights(file: "shared.h5")
    #expect(values(source) == values(target))
    #expect(error { try net { $0.replacing("dim: 3", with: "dim: 4") }.loadWeights(file: "shared.h5") }?.code == .shape)
  }

  @Test func theReportTellsWhatDidNotMeet() throws {
    try net().saveWeights(file: "all.caffemodel")
    let other = try net { $0.replacing("\"last\"", with: "\"fresh\"") }
    let before = values(other)
    let report = try other.loadWeights(file: "all.caffemodel")
    #expect(report.loaded == ["block/first"])
    #expect(report.missing == ["fresh"])
    #expect(report.extra == ["last"])
    #expect(report.description == "1 layer loaded; missing: fresh; not in the net: last")
    #expect(values(other)[2] == before[2])
    #expect(log.texts(from: "net.cpp:746") == ["Ignoring source layer last"])
    #expect(
      log.texts(from: "net.cpp:752") == [
        "all.caffemodel: 1 loaded, 1 missing, 1 extra, 0 of another shape", "  layer  state",
        "  fresh  missing  in the net only: keeps what it had", "  last   extra    in the file only"
      ])
  }

  @Test func sizesFromTwoGigabytesOnNeedHDF5() throws {
    try WeightsFormat.checkBinary("the weights", values: 500_000_000)
    for values in [536_870_912, Int.max] {
      #expect(error { try WeightsFormat.checkBinary("the weights", values: values) }?.message.contains("HDF5") == true)
    }
  }

  @Test func oldFilesHaveFourAxesAndDoubles() throws {
    let source = try net()
    var message = source.weights()
    for layer in message.layer.indices {
      for blob in message.layer[layer].blobs.indices {
        let extents = message.layer[layer].blobs[blob].shape.dim.map { Int32($0) }
        message.layer[layer].blobs[blob].clearShape()
        let axes = Array(repeating: Int32(1), count: 4 - extents.count) + extents
        message.layer[layer].blobs[blob].num = axes[0]
        message.layer[layer].blobs[blob].channels = axes[1]
        message.layer[layer].blobs[blob].height = axes[2]
        message.layer[layer].blobs[blob].width = axes[3]
        message.layer[layer].blobs[blob].doubleData = message.layer[layer].blobs[blob].data.map(Double.init)
        message.layer[layer].blobs[blob].data = []
      }
    }
    let target = try net()
    try target.load(weights: message)
    #expect(values(source) == values(target))
    message.layer[1].blobs[1].channels = 4
    message.layer[1].blobs[1].width = 1
    #expect(error { try target.load(weights: message) }?.message.contains("[1 4 1 1] in the file, but [4]") == true)
  }

  // MARK: - Bad input

  @Test(arguments: ["wrong.caffemodel", "wrong.caffemodel.h5"])
  func aWrongShapeNamesAllThatMatters(file: String) throws {
    try net { $0.replacing("num_output: 5", with: "num_output: 6") }.saveWeights(file: file)
    let target = try net()
    let before = values(target)
    let found = try #require(error { try target.loadWeights(file: file) })
    #expect(found.code == .shape)
    #expect(found.layer == "last")
    #expect(found.location?.file.hasSuffix(file) == true)
    #expect(found.message.contains("parameter 0 has the shape [6 4] in the file, but [5 4] in the net"))
    #expect(found.message.contains("rename the layer"))
    #expect(values(target) == before)
    let report = try target.loadWeights(file: file, mismatch: .skip)
    #expect(report.mismatched.map(\.index) == [0, 1])
    #expect(report.loaded == ["block/first"])
  }

  @Test func aWrongNumberOfParametersIsNamed() throws {
    try net { $0.replacing("num_output: 5", with: "num_output: 5 bias_term: false") }.saveWeights(file: "a.caffemodel")
    let found = try #require(error { try net().loadWeights(file: "a.caffemodel") })
    #expect(found.message.contains("has 1 parameters in the file, but 2 in the net"))
    #expect(found.layer == "last")
    let target = try net()
    let before = target.layer(named: "last")?.blobs.map(\.data.values)
    let report = try target.loadWeights(file: "a.caffemodel", mismatch: .skip)
    #expect(report.miscounted.map(\.layer) == ["last"] && report.loaded == ["block/first"])
    #expect(target.layer(named: "last")?.blobs.map(\.data.values) == before)
    #expect(report.counts.hasSuffix("1 of another shape"))
    #expect(
      report.table.last?.contains("wrong count  1 parameters in the file, 2 in the net") == true, "\(report.table)")
  }

  @Test func tooFewValuesAreCorruptAndNothingIsCopied() throws {
    var message = try net().weights()
    let target = try net()
    let before = values(target)
    message.layer[2].blobs[0].data.removeLast()
    let found = try #require(error { try target.load(weights: message, file: "a.caffemodel") })
    #expect(found.code == .corrupt && found.layer == "last" && found.location?.file == "a.caffemodel")
    #expect(found.message.contains("has 19 values in the file, but its shape [5 4] needs 20"))
    #expect(values(target) == before)
  }

  @Test func filesOfAnotherKindAreRefused() throws {
    let source = try net()
    try source.saveWeights(file: "whole.caffemodel")
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.caffemodel")))
    try whole.dropLast(20).write(to: URL(fileURLWithPath: folder.file("cut.caffemodel")))
    try folder.write("", to: "empty.caffemodel")
    try folder.write("<!DOCTYPE html><html><body>not found</body></html>", to: "page.caffemodel")
    try folder.write("<!DOCTYPE html><html><body>not found</body></html>", to: "page.caffemodel.h5")
    try folder.write("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", to: "pointer.caffemodel")
    try folder.write("name: \"net\"\nlayer { name: \"a\" }\n", to: "text.caffemodel")
    var empty = NetParameter()
    empty.name = "nothing"
    empty.layer = [LayerParameter()]
    try BinaryProto.write(empty, file: folder.file("bare.caffemodel"))
    for (name, part) in [
      ("cut.caffemodel", "cut off"), ("empty.caffemodel", "empty"), ("page.caffemodel", "web page"),
      ("page.caffemodel.h5", "web page"), ("pointer.caffemodel", "git-lfs"), ("text.caffemodel", "text"),
      ("bare.caffemodel", "no parameters"), ("absent.caffemodel", "No such file")
    ] {
      let found = error { try source.loadWeights(file: name) }
      #expect(found?.description.contains(part) == true, "\(found?.description ?? "no error")")
      #expect(found?.location?.file.hasSuffix(name) == true)
    }
  }

  @Test func aFullDiskIsNamed() throws {
    for name in ["full.caffemodel", "full.h5"] {
      try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: "/dev/full")
      let found = try #require(error { try net().saveWeights(file: name) })
      #expect(found.message.contains("No space left"))
    }
    #expect(error { try net().saveWeights(file: "absent/a.caffemodel") }?.message.contains("mkdir -p") == true)
  }
}
