import CaffeCore
import CaffeNet
import CaffeProto
import Foundation
import Synchronization

/// A batch of windows. Used by one thread at a time.
final class WindowBatch: @unchecked Sendable {
  let values = Buffer()
  fileprivate(set) var drawn: [(window: WindowList.Window, isMirrored: Bool)] = []
}

/// Draws windows, cuts them out of their pictures and makes batches of them.
final class WindowBatchLoader: BatchLoader {
  struct Settings {
    var batchSize: Int
    var foregroundCount: Int
    var side: Int
    var contextPad: Int
    var isSquare: Bool
    var mirrors: Bool
    var scale: Float
    var mean: WindowMean
    var keepsPictures: Bool
    /// The path that the system needs for one of the list.
    var systemPath: @Sendable (String) -> String
  }

  private let list: WindowList
  private let settings: Settings
  private let random: RandomStream
  private var next: UInt64 = 0
  private let kept = Mutex<[Int: Picture]>([:])

  init(_ list: WindowList, _ settings: Settings, random: RandomStream) {
    self.list = list
    self.settings = settings
    self.random = random
  }

  func makeBatch() -> WindowBatch { WindowBatch() }

  func skip(_ count: UInt64) { next &+= count }

  /// Each rank draws windows of its own.
  var share: RankShare { RankShare() }

  var usefulThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  func plan(_ batch: WindowBatch) {
    batch.drawn = (0..<settings.batchSize).map { draw($0) }
    next &+= UInt64(settings.batchSize)
  }

  func fill(_ batch: WindowBatch) throws {
    let size = list.channels * settings.side * settings.side
    batch.values.resize(to: settings.batchSize * size)
    let target = batch.values.hostForOverwriting()
    // Padding stays 0.
    target.update(repeating: 0, count: batch.values.count)
    for (item, drawn) in batch.drawn.enumerated() {
      try write(drawn.window, isMirrored: drawn.isMirrored, to: target + item * size)
    }
  }

  /// The window at `item` of the batch: background first, then foreground.
  private func draw(_ item: Int) -> (window: WindowList.Window, isMirrored: Bool) {
    let isForeground = item >= settings.batchSize - settings.foregroundCount
    let windows = isForeground ? list.foreground : list.background
    var stream = random
    // Two words a window, in blocks of four.
    stream.state.position = (next &+ UInt64(item)) &* 4
    let index = Int((UInt64(stream.nextWord()) * UInt64(windows.count)) >> 32)
    return (windows[index], settings.mirrors && stream.nextWord() & 1 == 1)
  }

  private func write(
    _ window: WindowList.Window, isMirrored: Bool, to target: UnsafeMutablePointer<Float>
  ) throws {
    let picture = try picture(of: window)
    let cut = WindowCut(
      window, pictureHeight: picture.height, pictureWidth: picture.width, side: settings.side,
      contextPad: settings.contextPad, isSquare: settings.isSquare, isMirrored: isMirrored)
    let part = try picture.cropped(top: cut.top, left: cut.left, height: cut.height, width: cut.width)
      .resized(height: cut.scaledHeight, width: cut.scaledWidth)
    let side = settings.side
    part.withPixels { pixels in
      for channel in 0..<part.channels {
        for row in 0..<part.height {
          let output = target + (channel * side + cut.offsetTop + row) * side + cut.offsetLeft
          for column in 0..<part.width {
            let from = isMirrored ? part.width - 1 - column : column
            let pixel = Float(pixels[(row * part.width + from) * part.channels + channel])
            let mean = settings.mean.value(channel, row + cut.offsetTop, column + cut.offsetLeft, side)
            output[column] = (pixel - mean) * settings.scale
          }
        }
      }
    }
  }

  /// The picture of `window`, which lies inside it.
  private func picture(of window: WindowList.Window) throws -> Picture {
    let entry = list.pictures[window.picture]
    let picture = try kept.withLock { $0[window.picture] } ?? read(entry)
    guard window.right < picture.width, window.bottom < picture.height else {
      throw CaffeError(
        .value,
        "the window reaches to \(window.right), \(window.bottom), outside the picture \"\(entry.path)\" of "
          + "\(picture.height)×\(picture.width) (height × width); correct one of them",
        at: FileLocation(file: list.file, line: window.line))
    }
    if settings.keepsPictures { kept.withLock { $0[window.picture] = picture } }
    return picture
  }

  private func read(_ entry: WindowList.Entry) throws -> Picture {
    do {
      return try Picture.read(file: settings.systemPath(entry.path), color: list.channels == 1 ? .gray : .color)
    } catch let error as CaffeError {
      throw CaffeError(
        error.code, "the picture \"\(entry.path)\" can't be used",
        at: FileLocation(file: list.file, line: entry.line), cause: error)
    }
  }
}

/// What is subtracted from the pixels of windows.
enum WindowMean: Sendable {
  case none
  case perChannel([Float])
  /// The middle of a mean picture.
  case image(MeanImage)

  @inline(__always)
  func value(_ channel: Int, _ row: Int, _ column: Int, _ side: Int) -> Float {
    switch self {
    case .none: return 0
    case .perChannel(let values): return values[values.count == 1 ? 0 : channel]
    case .image(let image):
      let top = (image.shape.height - side) / 2
      let left = (image.shape.width - side) / 2
      return image.values[(channel * image.shape.height + top + row) * image.shape.width + left + column]
    }
  }
}
