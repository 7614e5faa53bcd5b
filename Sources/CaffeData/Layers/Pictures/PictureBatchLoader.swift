import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// A batch of transformed pictures, and which they were. Used by one thread at a time.
final class PictureBatch: SampleBatch, @unchecked Sendable {
  /// A place of the run.
  fileprivate struct Place {
    /// The number of the place in the run, counted from 0.
    let number: UInt64
    let lap: UInt64
    /// The place in the lap.
    let position: Int
    /// The order of the lap.
    let order: LapOrder.Order
  }

  fileprivate(set) var shape = DatumShape(channels: 0, height: 0, width: 0)
  let values = Buffer()
  fileprivate(set) var labels: [Float] = []
  /// The entry of the list that each picture is of.
  fileprivate(set) var entries: [Int] = []
  /// The laps in which places lay whose picture couldn't be read.
  fileprivate(set) var skippedLaps: [UInt64] = []
  fileprivate var places: [Place] = []

  /// The lap of the last picture.
  var lastLap: UInt64 { places.last?.lap ?? 0 }
}

/// Reads the pictures of a list, in its order or a new one each lap, and makes batches of them.
///
/// Which picture comes at which place depends only on the place's number, so that any batch can be made at once.
final class PictureBatchLoader: BatchLoader {
  /// What is done to the pictures on their way.
  struct Settings {
    var batchSize: Int
    var color: Picture.Color
    /// Nil where pictures keep their size.
    var size: (height: Int, width: Int)?
    /// Which pictures are read.
    var share = RankShare()
    /// The path that the system needs for one of the list.
    var systemPath: @Sendable (String) -> String
  }

  private let list: PictureList
  private let settings: Settings
  private let transformer: DataTransformer
  private let onRestart: () -> Void
  /// The entries that can't be read, where that is no error.
  private let bad: BadEntries?
  private var next: UInt64
  private var order: LapOrder

  /// - Parameters:
  ///   - random: What orders are drawn from; nil keeps that of the list.
  ///   - bad: Where pictures that can't be read are noted; nil makes them errors.
  ///   - first: The number of the first picture to come.
  init(
    _ list: PictureList, _ settings: Settings, transformer: DataTransformer, random: RandomStream?, bad: BadEntries?,
    first: UInt64 = 0, onRestart: @escaping () -> Void
  ) {
    self.list = list
    self.settings = settings
    self.transformer = transformer
    self.bad = bad
    self.onRestart = onRestart
    next = first
    order = LapOrder(count: list.entries.count, random: random)
  }

  /// The shape that the first picture comes out with.
  func firstShape() throws -> DatumShape {
    let (picture, entry) = try readable(at: place(next))
    return try outputShape(of: picture, entry)
  }

  var usefulThreads: Int { ProcessInfo.processInfo.activeProcessorCount }

  func skip(_ count: UInt64) { next &+= count }

  var share: RankShare { settings.share }

  func makeBatch() -> PictureBatch { PictureBatch() }

  func plan(_ batch: PictureBatch) {
    batch.places.removeAll(keepingCapacity: true)
    for _ in 0..<settings.batchSize {
      next &+= settings.share.before
      let place = place(next)
      if place.position < settings.share.count, next >= UInt64(settings.share.count) { onRestart() }
      batch.places.append(place)
      next &+= 1 &+ settings.share.after
    }
  }

  func fill(_ batch: PictureBatch) throws {
    batch.entries.removeAll(keepingCapacity: true)
    batch.labels.removeAll(keepingCapacity: true)
    batch.skippedLaps.removeAll(keepingCapacity: true)
    for (item, place) in batch.places.enumerated() {
      let (picture, entry) = try readable(at: place)
      if entry != place.order[place.position] { batch.skippedLaps.append(place.lap) }
      let shape = try outputShape(of: picture, entry)
      if item == 0 {
        batch.shape = shape
        batch.values.resize(to: settings.batchSize * shape.count)
      }
      guard shape == batch.shape else { throw differs(picture, entry, batch.shape, from: batch.entries[0]) }
      transformer.transform(
        picture, number: place.number, to: batch.values.hostForOverwriting() + item * shape.count)
      batch.entries.append(entry)
      batch.labels.append(contentsOf: list.entries[entry].labels)
    }
  }

  private func place(_ number: UInt64) -> PictureBatch.Place {
    let count = UInt64(list.entries.count)
    return PictureBatch.Place(
      number: number, lap: number / count, position: Int(number % count), order: order.order(ofLap: number / count))
  }

  /// The picture at `place`; where bad ones are skipped, the next good one of the lap.
  private func readable(at place: PictureBatch.Place) throws -> (picture: Picture, entry: Int) {
    let order = place.order
    for step in 0..<order.count {
      let entry = order[(place.position + step) % order.count]
      guard let bad else { return (try read(entry), entry) }
      if bad.contains(entry) { continue }
      do {
        return (try read(entry), entry)
      } catch let error as CaffeError {
        bad.insert(entry, error)
      }
    }
    throw CaffeError(.corrupt, file: list.file, "none of the \(order.count) pictures can be read; check the paths")
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
}
