import CaffeCore

/// A batch of pictures with their labels, as the tops of a layer take it over.
protocol SampleBatch: AnyObject {
  /// The shape of each picture.
  var shape: DatumShape { get }
  /// The pictures, one after the other.
  var values: Buffer { get }
  /// The labels of each, one after the other.
  var labels: [Float] { get }
  /// The laps in which places lay that something else took.
  var skippedLaps: [UInt64] { get }
  /// The lap of the last picture.
  var lastLap: UInt64 { get }
}

/// The tops of a layer that reads pictures with labels: `batchSize` × channels × height × width and, if asked for, `batchSize` or
/// `batchSize` × labels.
struct SampleTops {
  let batchSize: Int
  /// How many labels a picture has.
  var labelCount = 1 { didSet { shapes = [] } }
  /// The shape of a picture of the last batch, or of the first one to come.
  var shape = DatumShape(channels: 0, height: 0, width: 0) { didSet { shapes = [] } }
  /// Those of the tops, once they are asked for.
  private var shapes: [Shape] = []
  private var skips = SkipCount()

  init(batchSize: Int, labelCount: Int = 1) {
    self.batchSize = batchSize
    self.labelCount = labelCount
  }

  /// The extents of the first top.
  var extents: [Int] { [batchSize, shape.channels, shape.height, shape.width] }

  mutating func reshape(_ top: [Blob]) throws {
    if shapes.isEmpty {
      let labels = labelCount == 1 ? [batchSize] : [batchSize, labelCount]
      shapes = [try Shape(validating: extents), try Shape(validating: labels)]
    }
    for (blob, shape) in zip(top, shapes) { blob.reshape(to: shape) }
  }

  /// Takes over the values of `batch`.
  ///
  /// - Parameter unpack: Computes the values where `batch` doesn't have them.
  /// - Returns: Of the laps that ended, how many places something else took, where there were any.
  mutating func take(
    _ batch: some SampleBatch, _ top: [Blob], unpack: ((_ output: Buffer) -> Void)? = nil
  ) throws -> [Int] {
    if batch.shape != shape {
      shape = batch.shape
      try reshape(top)
    }
    if let unpack { unpack(top[0].data) } else { top[0].data.feed(from: batch.values) }
    if top.count > 1 { top[1].data.set(batch.labels) }
    return skips.take(batch.skippedLaps, through: batch.lastLap)
  }
}
