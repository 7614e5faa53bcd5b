import CaffeCore

/// Which record of a database comes at which place of a run: lap after lap, in the order of the keys or in a drawn one.
final class RecordSequence {
  /// A place of the run.
  struct Place {
    /// The number of the place in the run, counted from 0.
    let number: UInt64
    /// Which lap through the database it belongs to.
    let lap: UInt64
    /// The place in the lap.
    let position: Int
    /// The record's number, in the order of the keys.
    let record: Int
  }

  let reader: any RecordReader
  /// Called when a lap begins, but for the first.
  private let onRestart: () -> Void
  private let random: RandomStream?
  private var shuffled: (index: RecordKeyIndex, order: LapOrder)?
  private var number: UInt64 = 0
  private var lap: UInt64 = 0
  private var position = 0
  /// The number of records, once it is known.
  private var lapLength: UInt64?

  /// - Parameter random: What orders are drawn from; nil keeps that of the keys.
  init(_ reader: any RecordReader, random: RandomStream?, onRestart: @escaping () -> Void) {
    self.reader = reader
    self.random = random
    self.onRestart = onRestart
    lapLength = reader.count.flatMap { $0 > 0 ? UInt64($0) : nil }
  }

  /// Moves the reader to the record of the next place.
  func next() throws -> Place {
    let place = random == nil ? try nextByKey(quietly: false) : try nextDrawn()
    number &+= 1
    return place
  }

  /// Passes over places. Whole laps lead back to the same record: they only count.
  func skip(_ count: UInt64) throws {
    guard random == nil else {
      number &+= count
      return
    }
    var left = count
    while left > 0 {
      if let lapLength, left >= lapLength {
        let laps = left / lapLength
        number &+= laps * lapLength
        lap &+= laps
        left %= lapLength
      } else {
        _ = try nextByKey(quietly: true)
        number &+= 1
        left -= 1
      }
    }
  }

  private func nextByKey(quietly: Bool) throws -> Place {
    if try !reader.next() {
      guard position > 0 else { throw emptied }
      if !quietly { onRestart() }
      lapLength = UInt64(position)
      lap &+= 1
      position = 0
      try reader.rewind()
      guard try reader.next() else { throw emptied }
    }
    defer { position += 1 }
    return Place(number: number, lap: lap, position: position, record: position)
  }

  private func nextDrawn() throws -> Place {
    var drawn = try shuffled ?? madeOrder()
    let count = UInt64(drawn.index.count)
    let lap = number / count
    if lap > self.lap, number % count == 0 { onRestart() }
    self.lap = lap
    let position = Int(number % count)
    let record = drawn.order.order(ofLap: lap)[position]
    shuffled = drawn
    try drawn.index.move(reader, to: record)
    return Place(number: number, lap: lap, position: position, record: record)
  }

  private func madeOrder() throws -> (index: RecordKeyIndex, order: LapOrder) {
    let index = try RecordKeyIndex(reader)
    guard index.count > 0 else { throw emptied }
    lapLength = UInt64(index.count)
    return (index, LapOrder(count: index.count, random: random))
  }

  private var emptied: CaffeError {
    CaffeError(.corrupt, file: reader.path, "the database has become empty; make it again")
  }
}

// MARK: - Records in the place of others

extension RecordSequence {
  /// The way on from a place of the lap to the others, with a reader of its own: another thread may use it.
  struct Way {
    fileprivate let place: Place
    fileprivate let key: [UInt8]
    fileprivate let shuffled: (index: RecordKeyIndex, order: LapOrder.Order)?

    /// Calls `accepts` with the number of each other record of the lap, from the next place to the last and then from the first,
    /// `reader` being there; until it says yes.
    ///
    /// - Returns: Whether it did.
    func first(_ reader: any RecordReader, _ accepts: (Int) throws -> Bool) throws -> Bool {
      guard let (index, order) = shuffled else { return try firstByKey(reader, accepts) }
      for step in 1..<max(1, order.count) {
        let record = order[(place.position + step) % order.count]
        try index.move(reader, to: record)
        if try accepts(record) { return true }
      }
      return false
    }

    private func firstByKey(_ reader: any RecordReader, _ accepts: (Int) throws -> Bool) throws -> Bool {
      _ = try key.withUnsafeBytes { try reader.seek($0) }
      var record = place.record
      while try reader.next() {
        record += 1
        if try accepts(record) { return true }
      }
      try reader.rewind()
      record = 0
      while record < place.record, try reader.next() {
        if try accepts(record) { return true }
        record += 1
      }
      return false
    }
  }

  /// The way on from `place`, where the reader is.
  func way(from place: Place) -> Way {
    guard var drawn = shuffled else { return Way(place: place, key: Array(reader.key), shuffled: nil) }
    return Way(place: place, key: [], shuffled: (drawn.index, drawn.order.order(ofLap: place.lap)))
  }
}
