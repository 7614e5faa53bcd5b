import CaffeCore
import CaffeProto

/// A net without its data: layers that read files become inputs of shapes that are given, or follow from the layer's own numbers.
struct SourceShapes {
  /// The shapes that are given, by blob.
  private let given: [String: Shape]
  /// The names that were asked for.
  private var used: Set<String> = []
  /// What was guessed, in words.
  private(set) var guesses: [String] = []

  init(_ shapes: [InputShape]) {
    given = Dictionary(shapes.map { ($0.name, $0.shape) }) { _, last in last }
  }

  /// The types of layers that read records from files or from a program.
  private static let sources: Set<String> = ["Data", "ImageData", "WindowData", "HDF5Data", "MemoryData"]

  /// Replaces the layers of `net`.
  ///
  /// - Throws: `CaffeError` that names the layer and the flag, where a shape isn't known.
  mutating func apply(to net: inout NetParameter, locations: [FileLocation]) throws {
    for index in net.layer.indices {
      let location = index < locations.count ? locations[index] : nil
      try LayerEntry(parameter: net.layer[index], location: location).naming {
        switch net.layer[index].type {
        case "Input": replaceShapes(&net.layer[index])
        case "HDF5Output": net.layer[index].type = "Silence"
        case let type where SourceShapes.sources.contains(type): try replaceSource(&net.layer[index])
        default: break
        }
      }
    }
    let tops = Set(net.layer.flatMap(\.top))
    if let unknown = given.keys.sorted().first(where: { !used.contains($0) }) {
      let near = NearNames.hint(for: unknown, among: Array(tops))
      throw CaffeError(.flag, "there is no input \"\(unknown)\" to give a shape to\(near)")
    }
  }

  private mutating func replaceShapes(_ layer: inout LayerParameter) {
    let shapes = layer.inputParam.shape
    guard layer.top.contains(where: { given[$0] != nil }), !shapes.isEmpty else { return }
    layer.inputParam.shape = layer.top.enumerated().map { index, top in
      used.insert(top)
      return given[top].map(BlobShape.init) ?? shapes[min(index, shapes.count - 1)]
    }
  }

  private mutating func replaceSource(_ layer: inout LayerParameter) throws {
    var shapes: [BlobShape] = []
    for (index, top) in layer.top.enumerated() {
      used.insert(top)
      if let shape = try given[top] ?? guess(index, of: layer) {
        if given[top] == nil { guesses.append("\(top)=\(shape.extents.map(String.init).joined(separator: ","))") }
        shapes.append(BlobShape(shape))
      } else {
        throw CaffeError(
          .flag,
          "the shape of \"\(top)\" isn't known without its data: give it, as in --input-shape \(top)=1,3,224,224",
          layer: layer.name)
      }
    }
    layer.type = "Input"
    layer.inputParam.shape = shapes
  }

  /// What the layer's own numbers say, with three channels where none are told.
  private func guess(_ index: Int, of layer: LayerParameter) throws -> Shape? {
    // Labels go with the records that are given.
    let batch = layer.top.first.flatMap { given[$0]?.extents.first } ?? layer.recordsPerBatch ?? 1
    guard index == 0, layer.type != "HDF5Data" else {
      return layer.type != "HDF5Data" || layer.top[index].lowercased().contains("label")
        ? try Shape(validating: [batch]) : nil
    }
    return try layer.guessedRecord.map { try Shape(validating: [batch] + $0) }
  }
}

extension LayerParameter {
  /// How many records a layer that reads data takes at once; nil for other layers.
  package var recordsPerBatch: Int? {
    switch type {
    case "Data": Int(dataParam.batchSize)
    case "ImageData": Int(imageDataParam.batchSize)
    case "WindowData": Int(windowDataParam.batchSize)
    case "HDF5Data": Int(hdf5DataParam.batchSize)
    case "MemoryData": Int(memoryDataParam.batchSize)
    default: nil
    }
  }

  /// The extents that the records of a data layer have by its own numbers, with three channels where none are told; `nil` where it
  /// says no height and width.
  package var guessedRecord: [Int]? {
    guard let (height, width) = guessedSize else { return nil }
    if type == "MemoryData" { return [Int(memoryDataParam.channels), height, width] }
    let isGray = transformParam.forceGray || (type == "ImageData" && !imageDataParam.isColor)
    let means = transformParam.meanValue.count
    return [isGray ? 1 : means > 1 ? means : 3, height, width]
  }

  private var guessedSize: (Int, Int)? {
    let crop = transformParam.cropSize > 0 ? transformParam.cropSize : windowDataParam.cropSize
    if crop > 0 { return (Int(crop), Int(crop)) }
    if imageDataParam.newHeight > 0, imageDataParam.newWidth > 0 {
      return (Int(imageDataParam.newHeight), Int(imageDataParam.newWidth))
    }
    return type == "MemoryData" ? (Int(memoryDataParam.height), Int(memoryDataParam.width)) : nil
  }
}

extension BlobShape {
  fileprivate init(_ shape: Shape) {
    self.init()
    dim = shape.extents.map(Int64.init)
  }
}
