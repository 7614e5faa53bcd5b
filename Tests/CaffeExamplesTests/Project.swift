import Caffe
import Foundation

/// The project's own files.
enum Project {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// The prototxt files of `examples/` and `models/` whose names `isWanted` accepts, counted from the root.
  static func prototxts(where isWanted: (String) -> Bool) -> [String] {
    ["examples", "models"].flatMap { folder -> [String] in
      let found = FileManager.default.enumerator(atPath: "\(root)/\(folder)")?.compactMap { $0 as? String } ?? []
      return found.filter { $0.hasSuffix(".prototxt") && isWanted($0) }.map { "\(folder)/\($0)" }
    }.sorted()
  }

  static let solvers = prototxts { $0.contains("solver") }
  static let nets = prototxts { !$0.contains("solver") }

  /// The net of `file` with made-up data of the right shape in place of databases, in batches of two, and all weights zero,
  /// which is quick.
  static func netWithoutData(_ file: String) throws -> NetParameter {
    var net = try NetReader.readNet(file: "\(root)/\(file)").net
    for index in net.layer.indices {
      let type = net.layer[index].type
      if type == "Data" || type == "ImageData" { net.layer[index].replaceData() }
      if type == "Input" { net.layer[index].inputParam.shape[0].dim[0] = 2 }
      net.layer[index].convolutionParam.clearWeightFiller()
      net.layer[index].innerProductParam.clearWeightFiller()
    }
    return net
  }

  /// A context in which paths count from the project's folder.
  static func context(_ phase: Phase) -> Context {
    var context = Context(phase: phase, seed: 1)
    context.baseFolder = root
    return context
  }
}

extension LayerParameter {
  fileprivate mutating func replaceData() {
    let source = hasDataParam ? dataParam.source : imageDataParam.source
    let side = Int64(hasImageDataParam ? imageDataParam.newHeight : transformParam.cropSize)
    let extents: [Int64] =
      if side > 0 {
        [3, side, side]
      } else if source.contains("cifar10") {
        [3, 32, 32]
      } else {
        [source.contains("siamese") ? 2 : 1, 28, 28]
      }
    type = "DummyData"
    clearDataParam()
    clearImageDataParam()
    clearTransformParam()
    dummyDataParam.shape = [[2] + extents, [2]].prefix(top.count).map { extents in
      var shape = BlobShape()
      shape.dim = extents
      return shape
    }
  }
}
