import CaffeCore
import CaffeProto

/// A layer that takes memory beside that of its tops.
package protocol BufferingSource: AnyObject {
  /// How many batches it holds beside the one in its tops.
  var batchesAhead: Int { get }
  /// The bytes that it holds beside batches.
  var heldBytes: Int { get }
  /// The bytes of the files that it maps; their pages are the system's, which can take them back.
  var mappedBytes: Int { get }
  /// The bytes that it takes of a device's memory beside its tops, which have so many.
  func deviceBytes(beside tops: Int) -> Int
}

extension BufferingSource {
  /// Those of another batch of values, which come while the last ones are computed with.
  package func deviceBytes(beside tops: Int) -> Int { tops }
}

/// What a layer that reads data gives and holds.
package struct SourceFacts {
  /// The layer's name.
  package let layer: String
  /// The shape of each top.
  package let shapes: [InputShape]
  /// The memory of batches that are read ahead, and of what else it holds.
  package let bytesAhead: Int
  /// The bytes of files that it maps.
  package let mappedBytes: Int
  /// The bytes that it takes of a device's memory beside its tops.
  package let deviceBytes: Int
  /// How many records there are, and how many a batch has.
  package let recordCount: Int?
  package let recordsPerBatch: Int

  /// Looks at the data of `message`; nothing for other layers, and where there are no data.
  init?(_ message: LayerParameter, context: Context) {
    guard let recordsPerBatch = message.recordsPerBatch, message.type != "MemoryData" else { return nil }
    var context = context
    context.logger = .silent
    let tops = message.top.map { _ in Blob() }
    // Whoever runs the net is told what is wrong with the data; a forecast does without them.
    guard let source = try? context.registry.makeLayer(message, context: context),
      (try? source.setUp(bottom: [], top: tops)) != nil, (try? source.reshape(bottom: [], top: tops)) != nil
    else { return nil }
    self.recordsPerBatch = recordsPerBatch
    layer = message.name
    shapes = zip(message.top, tops).map { InputShape(name: $0, shape: $1.shape) }
    let bytes = tops.reduce(0) { $0 + $1.count * MemoryLayout<Float>.stride }
    let buffering = source as? any BufferingSource
    bytesAhead = bytes * (buffering?.batchesAhead ?? 0) + (buffering?.heldBytes ?? 0)
    mappedBytes = buffering?.mappedBytes ?? 0
    deviceBytes = context.engine.isDeferred ? buffering?.deviceBytes(beside: bytes) ?? 0 : 0
    recordCount = (source as? any SizedSource)?.recordCount
  }
}

extension LayerParameter {
  /// Has a layer without bottoms give `batch` records at once.
  mutating func setRecordsPerBatch(_ batch: Int) {
    let count = UInt32(clamping: batch)
    switch type {
    case "Data": dataParam.batchSize = count
    case "ImageData": imageDataParam.batchSize = count
    case "WindowData": windowDataParam.batchSize = count
    case "HDF5Data": hdf5DataParam.batchSize = count
    case "MemoryData": memoryDataParam.batchSize = count
    case "Input": inputParam.shape = inputParam.shape.map { $0.beginning(with: batch) }
    case "DummyData":
      dummyDataParam.shape = dummyDataParam.shape.map { $0.beginning(with: batch) }
      dummyDataParam.num = dummyDataParam.num.map { _ in count }
    default: break
    }
  }
}

extension BlobShape {
  fileprivate func beginning(with extent: Int) -> BlobShape {
    var shape = self
    if !shape.dim.isEmpty { shape.dim[0] = Int64(extent) }
    return shape
  }
}
