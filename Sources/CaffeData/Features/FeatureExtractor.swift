import CaffeCore
import CaffeNet

/// Runs a net over its data and hands over what some of its blobs hold, a row for each record: what the tool
/// `extract_features` does.
///
/// ```swift
/// let net = try Net(file: "train_val.prototxt", context: Context(phase: .test))
/// try net.loadWeights(file: "net.caffemodel")
/// let extractor = try FeatureExtractor(net: net, blobs: ["fc7"])
/// try extractor.extract(to: FeatureFormat.npy.stores(["fc7.npy"], blobs: ["fc7"]))
/// ```
public struct FeatureExtractor {
  /// What the rows are called in databases.
  public enum Keys: String, Sendable, CaseIterable {
    /// Their numbers, ten digits from 0, as in the original.
    case number
    /// As the record of the data that they came from: the key of a database's record, the path of a picture in a list.
    case record
  }

  /// The net.
  public let net: Net
  /// The blobs' names.
  public let blobs: [String]
  /// How many batches are run; nil for one epoch of the data.
  public var batches: Int?
  /// Whether to stop at the end of the epoch, should it come before `batches`. Otherwise the first records follow the
  /// last ones, as in the original.
  public var stopsAtEpoch = false
  /// What rows are called.
  public var keys = Keys.number

  /// Makes an extractor.
  ///
  /// - Throws: `CaffeError` when the net has no such blobs, or inputs that nothing fills.
  public init(net: Net, blobs: [String]) throws {
    self.net = net
    self.blobs = blobs
    if let input = net.inputs.first {
      throw CaffeError(
        .graph,
        "the net reads no data: nothing fills its input \"\(input.name)\"; give a net with a data layer, as one to test"
      )
    }
    for name in blobs where net.blob(named: name) == nil {
      let names = net.blobNames.filter { !$0.contains("_split_") }
      let near = NearNames.hint(for: name, among: names)
      throw CaffeError(
        .graph,
        "Unknown feature blob name \"\(name)\" in the network \"\(net.name)\""
          + (near.isEmpty ? "; there are \(names.joined(separator: ", "))" : near))
    }
  }

  /// Runs the net and writes the features of each blob to the store of the same place.
  ///
  /// - Parameters:
  ///   - follow: Called with a blob's name and the number of its rows, after every 1,000 and at the end.
  ///   - shouldStop: Asked before each batch; when it says yes, nothing is left behind.
  /// - Throws: `CaffeError` when net or data are wrong or a store can't be written; then no store is there.
  public func extract(
    to stores: [any FeatureStore], follow: (_ blob: String, _ rows: Int) -> Void = { _, _ in },
    shouldStop: () -> Bool = { false }
  ) throws {
    precondition(stores.count == blobs.count, "a store for each blob")
    let plan = try plan()
    var names = try RecordNames(keys, net)
    var counts = [Int](repeating: 0, count: blobs.count)
    for batch in 0..<plan.batches {
      if shouldStop() { throw CaffeError(.file, "interrupted after \(batch) batches; nothing was made") }
      try net.forward()
      for (index, store) in stores.enumerated() {
        guard let blob = net.blob(named: blobs[index]) else { continue }
        let rows = plan.rows(of: blob.shape, inBatch: batch)
        let keys = try names.next(rows, store: index)
        let row = Array(blob.shape.extents.dropFirst())
        try store.append(Array(blob.data.values.prefix(rows * row.reduce(1, *))), row: row, keys: keys)
        let old = counts[index]
        counts[index] += rows
        for thousand in stride(from: (old / 1000 + 1) * 1000, through: counts[index], by: 1000) {
          follow(blobs[index], thousand)
        }
      }
    }
    for store in stores { try store.finish() }
    for (blob, count) in zip(blobs, counts) where count % 1000 != 0 { follow(blob, count) }
  }

  private func plan() throws -> FeaturePlan {
    // Where the number of batches says all, the data need no end.
    let epoch = try batches == nil || stopsAtEpoch ? EpochLength.of(net) : try? EpochLength.of(net)
    let plan = try FeaturePlan(batches: batches, stopsAtEpoch: stopsAtEpoch, epoch: epoch)
    if let epoch, plan.batches * epoch.batchSize > epoch.records, plan.records == nil {
      net.context.logger.warning(
        "\(plan.batches) batches of \(epoch.batchSize) are more than the \(epoch.records) records there are: the first ones come again",
        at: "extract_features.cpp:141")
    }
    try plan.check(blobs.compactMap { name in net.blob(named: name).map { (name, $0.shape) } })
    return plan
  }
}
