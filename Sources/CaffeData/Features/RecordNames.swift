import CaffeCore
import CaffeNet

/// A data layer whose records have keys of their own.
protocol KeyedSource: AnyObject {
  /// The key of the record at `index` of the current batch.
  func recordKey(at index: Int) -> String?
}

/// The keys of rows of features.
struct RecordNames {
  private let source: (any KeyedSource)?
  private var counts: [Int: Int] = [:]
  private var seen: [Int: Set<String>] = [:]

  /// - Throws: `CaffeError` when the net's records have no keys to take.
  init(_ keys: FeatureExtractor.Keys, _ net: Net) throws {
    source = keys == .record ? net.layers.lazy.compactMap { $0 as? any KeyedSource }.first : nil
    guard keys == .number || source != nil else {
      throw CaffeError(
        .flag, "the net has no Data or ImageData layer, whose records have keys; leave out --keys=record")
    }
  }

  /// The keys of the next `count` rows of the store at `index`.
  ///
  /// - Throws: `CaffeError` of code `value` when a key comes again, which would put one row in the place of another.
  mutating func next(_ count: Int, store index: Int) throws -> [String] {
    let first = counts[index, default: 0]
    counts[index] = first + count
    guard let source else { return (first..<first + count).map { recordKey($0, digits: 10) } }
    return try (0..<count).map { row in
      let key = source.recordKey(at: row) ?? recordKey(first + row, digits: 10)
      guard seen[index, default: []].insert(key).inserted else {
        throw CaffeError(
          .value,
          "the key \"\(key)\" comes twice, and a database holds each once; stop at the epoch's end, or leave out --keys=record"
        )
      }
      return key
    }
  }
}
