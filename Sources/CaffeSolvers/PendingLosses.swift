import CaffeCore
import CaffeNet

/// The losses of iterations that an engine was asked for, and that nobody has read: to read one means to wait for all before it.
final class PendingLosses {
  /// What an iteration gave.
  struct Losses {
    /// The sum over its batches.
    var total: Float
    /// Those of its softmax layers, of the last batch, in the order of `softmaxLayers`.
    var softmax: [Float]
  }

  /// After so many iterations they are read, whether somebody asks or not.
  private static let capacity = 1024

  /// The layers whose losses are kept one by one.
  let softmaxLayers: [Int]

  private let net: Net
  private let recorder: LossRecorder
  private let buffer: Buffer
  private let width: Int
  private(set) var count = 0

  init(_ net: Net) {
    self.net = net
    softmaxLayers = net.softmaxLosses
    recorder = LossRecorder(net)
    width = 1 + softmaxLayers.count
    buffer = Buffer(count: PendingLosses.capacity * width)
  }

  var isFull: Bool { count == PendingLosses.capacity }

  /// Keeps the losses of the batch that the net has just computed, the first of an iteration or another one.
  func record(isFirst: Bool) {
    let start = count * width
    recorder.record(in: buffer, at: start, adding: !isFirst)
    for (position, layer) in softmaxLayers.enumerated() {
      net.context.engine.copyBlocks(
        BlockCopySpec(blocks: 1, length: 1, sourceStride: 1, targetOffset: start + 1 + position, targetStride: 1),
        from: net.tops[layer][0].data, to: buffer)
    }
  }

  /// Ends an iteration.
  func advance() { count += 1 }

  /// Waits for the losses of all iterations since the last call.
  func take() -> [Losses] {
    guard count > 0 else { return [] }
    let values = buffer.values
    defer { count = 0 }
    return (0..<count).map { iteration in
      let row = values[(iteration * width)..<((iteration + 1) * width)]
      return Losses(total: row[row.startIndex], softmax: Array(row.dropFirst()))
    }
  }
}
