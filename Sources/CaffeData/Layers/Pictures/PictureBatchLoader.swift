import CaffeCore
import CaffeProto
import Dispatch
import Synchronization

/// A batch of transformed pictures, and which they were. Used by one thread at a time.
final class PictureBatch: @unchecked Sendable {
  fileprivate(set) var shape = DatumShape(channels: 0, height: 0, width: 0)
  fileprivate(set) var values: [Float] = []
  fileprivate(set) var labels: [Float] = []
  /// The entry of the list that each picture is of.
  fileprivate(set) var entries: [Int] = []
}

/// Reads the pictures of a list, in its order or a new one each lap, and makes batches of them on all cores.
///
/// Which picture comes at which place depends only on the place's number, so that any batch can be made at once.
final class PictureBatchLoader: BatchLoader {
  /// What is done to the pictures on their way.
  struct Settings {
    var batchSize: Int
    var color: Picture.Color
    /// Nil where pictures keep their size.
    var size: (height: Int, width: Int)?
    var shuffles: Bool
    var skipsBadPictures: Bool
    /// The path that the system needs for one of the list.
    var systemPath: @Sendable (String) -> String
  }

  private let list: PictureList
  private let settings: Settings
  private let transformer: DataTransformer
  private let random: RandomStream
  private let onRestart: () -> Void
  private let onSkip: @Sendable (CaffeError, Int) -> Void
  /// The entries that couldn't be read, where that is no error.
  private let bad = Mutex<Set<Int>>([])
  private var next: UInt64
  private var order: (lap: UInt64, entries: [Int])?

  /// - Parameters:
  ///   - first: The number of the first picture to come.
  ///   - onSkip: Called when a picture is skipped for the first time, with how many have been.
  init(
    _ list: PictureList, _ settings: Settings, transformer: DataTransformer, random: RandomStream, first: UInt64 = 0,
    onRestart: @escaping () -> Void, onSkip: @escaping @Sendable (CaffeError, Int) -> Void
  ) {
    self.list = list
    self.settings = settings
    self.transformer = transformer
    self.random = random
    self.onRestart = onRestart
    self.onSkip = onSkip
    next = first
  }

  /// The shape that the first picture comes out with.
  func firstShape() throws -> DatumShape {
    let entries = order(ofLap: next / UInt64(list.entries.count))
    let (picture, entry) = try readable(entries, at: Int(next % UInt64(list.entries.count)))
    return try outputShape(of: picture, entry)
  }

  func skip(_ count: UInt64) { next &+= count }

  func makeBatch() -> PictureBatch { PictureBatch() }

  func load(_ batch: PictureBatch) throws {
    let count = settings.batchSize
    // A batch may reach over the end of a lap, or over several.
    var places: [(entries: [Int], index: Int)] = []
    for item in 0..<count {
      let number = next &+ UInt64(item)
      let index = Int(number % UInt64(list.entries.count))
      if index == 0, number > 0 { onRestart() }
      places.append((order(ofLap: number / UInt64(list.entries.count)), index))
    }
    let first = try readable(places[0].entries, at: places[0].index)
    batch.shape = try outputShape(of: first.picture, first.entry)
    if batch.values.count != count * batch.shape.count {
      batch.values = [Float](repeating: 0, count: count * batch.shape.count)
    }
    batch.entries = try fill(&batch.values, shape: batch.shape, places: places, first: first)
    batch.labels = batch.entries.flatMap { list.entries[$0].labels }
    next &+= UInt64(count)
  }

  private func fill(
    _ values: inout [Float], shape: DatumShape, places: [(entries: [Int], index: Int)],
    first: (picture: Picture, entry: Int)
  ) throws -> [Int] {
    let number = next
    let outcomes = Mutex([Result<Int, any Error>?](repeating: nil, count: places.count))
    values.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      nonisolated(unsafe) let target = start
      nonisolated(unsafe) let loader = self
      let places = places
      DispatchQueue.concurrentPerform(iterations: places.count) { item in
        let outcome = Result { () throws -> Int in
          let (picture, entry) =
            item == 0 ? first : try loader.readable(places[item].entries, at: places[item].index)
          let found = item == 0 ? shape : try loader.outputShape(of: picture, entry)
          guard found == shape else { throw loader.differs(picture, entry, shape, from: first.entry) }
          loader.transformer.transform(picture, number: number &+ UInt64(item), to: target + item * shape.count)
          return entry
        }
        outcomes.withLock { $0[item] = outcome }
      }
    }
    return try outcomes.withLock { try $0.map { try $0?.get() ?? 0 } }
  }

  /// The picture at `index` of the order `entries`; where bad ones are skipped, the next good one.
  private func readable(_ entries: [Int], at index: Int) throws -> (picture: Picture, entry: Int) {
    for step in 0..<entries.count {
      let entry = entries[(index + step) % entries.count]
      guard settings.skipsBadPictures else { return (try read(entry), entry) }
      if bad.withLock({ $0.contains(entry) }) { continue }
      do {
        return (try read(entry), entry)
      } catch let error as CaffeError {
        let (isNew, count) = bad.withLock { ($0.insert(entry).inserted, $0.count) }
        if isNew { onSkip(error, count) }
      }
    }
    throw CaffeError(.corrupt, file: list.file, "none of the \(entries.count) pictures can be read; check the paths")
  }

  private func read(_ entry: Int) throws -> Picture {
    let line = list.entries[entry]
    do {
      let picture = try Picture.read(file: settings.systemPath(line.path), color: settings.color)
      guard let size = settings.size else { return picture }
      return try picture.resized(height: size.height, width: size.width)
    } catch let error as CaffeError {
      throw CaffeError(
        error.code, "the picture \"\(line.path)\" can't be used", at: place(of: entry), cause: error)
    }
  }

  private func outputShape(of picture: Picture, _ entry: Int) throws -> DatumShape {
    do {
      return try transformer.outputShape(of: picture.shape)
    } catch let error as CaffeError {
      throw CaffeError(
        error.code,
        "the picture \"\(list.entries[entry].path)\" is one of \(picture.shape) that the transformation refuses",
        at: place(of: entry), cause: error)
    }
  }

  private func differs(_ picture: Picture, _ entry: Int, _ shape: DatumShape, from first: Int) -> CaffeError {
    CaffeError(
      .shape,
      "the picture \"\(list.entries[entry].path)\" is one of \(picture.shape), where the batch's first, "
        + "\"\(list.entries[first].path)\", makes \(shape); set new_height and new_width, or crop_size, or batch_size: 1",
      at: place(of: entry))
  }

  private func place(of entry: Int) -> FileLocation { FileLocation(file: list.file, line: list.entries[entry].line) }

  private func order(ofLap lap: UInt64) -> [Int] {
    if let order, order.lap == lap || !settings.shuffles { return order.entries }
    var entries = Array(list.entries.indices)
    if settings.shuffles {
      // A stream of its own for each lap, so that no lap needs those before it.
      var stream = RandomStream(
        seed: random.state.seed, stream: random.state.stream &+ (lap &+ 1) &* 0x9E37_79B9_7F4A_7C15)
      entries.shuffle(using: &stream)
    }
    order = (lap, entries)
    return entries
  }
}
