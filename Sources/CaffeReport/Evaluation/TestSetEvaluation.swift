import CaffeCore
import CaffeData
import CaffeNet
import Foundation

/// Runs a net of phase TEST over its test set and looks at each record.
public final class TestSetEvaluation {
  private let net: Net
  private let scores: Blob
  private let labels: Blob
  private let data: Blob?
  private let source: (any RecordSource)?
  /// How many mistakes are kept.
  private static let limit = 24

  /// Finds scores and labels in `net`: the bottoms of its first Accuracy layer, or else of its first SoftmaxWithLoss.
  ///
  /// - Throws: `CaffeError` when it has neither.
  public init(_ net: Net) throws {
    self.net = net
    func layer(_ name: String) -> Int? {
      net.layers.indices.first { type(of: net.layers[$0]).typeName == name && net.bottoms[$0].count >= 2 }
    }
    guard let index = layer("Accuracy") ?? layer("SoftmaxWithLoss") else {
      throw CaffeError(
        .unsupported,
        "the test net has neither an Accuracy nor a SoftmaxWithLoss layer, whose bottoms are scores and labels; "
          + "add one to see its mistakes")
    }
    (scores, labels) = (net.bottoms[index][0], net.bottoms[index][1])
    let first = net.layers.indices.first { net.bottoms[$0].isEmpty && !net.tops[$0].isEmpty }
    data = first.flatMap { net.tops[$0].first }
    source = first.flatMap { net.layers[$0] as? any RecordSource }
  }

  /// Looks at `batches` batches.
  ///
  /// - Throws: `CaffeError` when the scores aren't one vector for each record, or what layers throw.
  public func run(batches: Int) throws -> TestSetResult {
    var result: TestSetResult?
    for _ in 0..<batches {
      try net.forward()
      let classes = scores.count / max(1, labels.count)
      guard classes > 1, scores.shape.extents.count > 1, scores.shape.extents[1] == classes,
        scores.count == labels.count * classes
      else {
        throw CaffeError(
          .unsupported,
          "the scores have the shape [\(scores.shape.list)] for \(labels.count) labels, not one vector for each record")
      }
      var sum = result ?? TestSetResult(classes: classes)
      take(classes, &sum)
      result = sum
    }
    return result ?? TestSetResult(classes: 1)
  }

  private func take(_ classes: Int, _ result: inout TestSetResult) {
    let values = scores.data.values
    for (record, value) in labels.data.values.enumerated() {
      // Labels that are ignored lie outside.
      guard let label = Int(exactly: value), (0..<classes).contains(label) else { continue }
      let row = Array(values[record * classes..<(record + 1) * classes])
      guard let guess = row.indices.max(by: { row[$0] < row[$1] }) else { continue }
      result.counts[label * classes + guess] += 1
      guard guess != label else { continue }
      let probabilities = TestSetEvaluation.probabilities(row)
      note(record, label, guess, probabilities, &result)
    }
  }

  private func note(
    _ record: Int, _ label: Int, _ guess: Int, _ probabilities: [Double], _ result: inout TestSetResult
  ) {
    let limit = TestSetEvaluation.limit
    if result.mistakes.count == limit, let last = result.mistakes.last, last.labelProbability <= probabilities[label] {
      return
    }
    let mistake = TestSetResult.Mistake(
      picture: picture(record), record: source?.recordName(at: record), label: label, guess: guess,
      guessProbability: probabilities[guess], labelProbability: probabilities[label])
    let place = result.mistakes.firstIndex { $0.labelProbability > mistake.labelProbability } ?? result.mistakes.count
    result.mistakes.insert(mistake, at: place)
    if result.mistakes.count > limit { result.mistakes.removeLast() }
  }

  /// What a softmax makes of scores; scores that are probabilities already stay as they are.
  static func probabilities(_ row: [Float]) -> [Double] {
    let values = row.map(Double.init)
    if values.allSatisfy({ $0 >= 0 && $0 <= 1 }), abs(values.reduce(0, +) - 1) < 1e-3 { return values }
    let most = values.max() ?? 0
    let powers = values.map { exp($0 - most) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  private func picture(_ record: Int) -> Picture? {
    guard let data, case let extents = data.shape.extents, extents.count == 4, record < extents[0],
      [1, 3].contains(extents[1]), extents[2] > 1, extents[3] > 1
    else { return nil }
    let size = extents[1] * extents[2] * extents[3]
    let values = Array(data.data.values[record * size..<(record + 1) * size])
    return Picture.tiles(
      of: values, count: 1, channels: extents[1], height: extents[2], width: extents[3],
      zoom: max(1, 64 / max(extents[2], extents[3])))
  }
}
