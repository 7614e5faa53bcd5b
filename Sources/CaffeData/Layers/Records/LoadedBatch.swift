import CaffeCore

/// A batch of transformed records, and which they were.
///
/// Used by one thread at a time: `Prefetcher` hands it over.
final class LoadedBatch: SampleBatch, @unchecked Sendable {
  /// A record that is to come into the batch.
  struct Item {
    let place: RecordSequence.Place
    /// The way on, where it may turn out that it can't be used.
    let way: RecordSequence.Way?
    fileprivate let value: Value

    fileprivate enum Value {
      /// In the database, which outlives the batch.
      case there(UnsafeRawBufferPointer)
      /// In the batch.
      case copied(Range<Int>)
    }
  }

  /// The shape of each picture.
  var shape = DatumShape(channels: 0, height: 0, width: 0)
  /// The transformed pictures, one after the other.
  let values = Buffer()
  /// The pictures as bytes, where an engine makes them into values.
  var packed: PackedPictures?
  /// Whether it does so in this batch.
  var isPacked = false
  /// The labels of each, one after the other.
  var labels: [Float] = []
  /// The laps in which places lay whose record couldn't be used.
  var skippedLaps: [UInt64] = []
  private(set) var items: [Item] = []
  /// What decodes pictures for this batch.
  let decoder: RecordDecoder

  private var copies: [UInt8] = []
  private var keyBytes: [UInt8] = []
  private var keyEnds: [Int] = []
  /// The keys of records that came in the place of others.
  private var otherKeys: [Int: String] = [:]

  init(_ decoder: RecordDecoder) { self.decoder = decoder }

  /// The lap of the last record.
  var lastLap: UInt64 { items.last?.place.lap ?? 0 }

  /// The key of the record at `index`, for a person.
  func key(at index: Int) -> String? {
    guard index >= 0, index < keyEnds.count else { return nil }
    if let other = otherKeys[index] { return other }
    return String(decoding: keyBytes[(index > 0 ? keyEnds[index - 1] : 0)..<keyEnds[index]], as: UTF8.self)
  }

  func clear() {
    labels.removeAll(keepingCapacity: true)
    skippedLaps.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    copies.removeAll(keepingCapacity: true)
    keyBytes.removeAll(keepingCapacity: true)
    keyEnds.removeAll(keepingCapacity: true)
    otherKeys.removeAll()
  }

  /// Forgets what was made of the records.
  func restart() {
    labels.removeAll(keepingCapacity: true)
    skippedLaps.removeAll(keepingCapacity: true)
    otherKeys.removeAll()
  }

  /// Adds the record where `reader` is.
  func append(_ reader: any RecordReader, _ place: RecordSequence.Place, way: RecordSequence.Way?) {
    keyBytes.append(contentsOf: reader.key)
    keyEnds.append(keyBytes.count)
    if reader.keepsRecords {
      items.append(Item(place: place, way: way, value: .there(reader.value)))
    } else {
      let start = copies.count
      copies.append(contentsOf: reader.value)
      items.append(Item(place: place, way: way, value: .copied(start..<copies.count)))
    }
  }

  /// Says that another record, with this key, came in the place at `index`.
  func replaceKey(at index: Int, with key: String) { otherKeys[index] = key }

  /// Calls `body` with the bytes of `item`.
  func withValue<Result>(of item: Item, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    switch item.value {
    case .there(let bytes): try body(bytes)
    case .copied(let range):
      try copies.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }
  }
}
