import CaffeCore

// What a net's losses are: tops that have a weight.
extension Net {
  /// The layer's part of the loss, each of its tops times its weight.
  func readLoss(ofLayer index: Int) -> Float {
    layers[index].lossWeights.enumerated().reduce(into: 0) { loss, weight in
      guard weight.element != 0 else { return }
      let top = tops[index][weight.offset]
      loss += weight.element * (top.count == 1 ? top.data[0] : sum(top))
    }
  }

  private func sum(_ blob: Blob) -> Float {
    blob.data.read { values in
      var total = 0.0
      for index in values.indices { total += Double(values[index]) }
      return Float(total)
    }
  }
}

/// Adds up a net's losses on the engine, so that nobody waits for them.
package final class LossRecorder {
  private let engine: any Engine
  /// The tops that have a weight; one without a value where there are none.
  private let tops: [Blob]
  /// The weight of each.
  private let weights: Buffer
  private let sum = Buffer(count: 1)

  /// Makes one for the losses of `net`.
  package init(_ net: Net) {
    engine = net.context.engine
    var found: [(top: Blob, weight: Float)] = []
    for (index, layer) in net.layers.enumerated() {
      for (position, weight) in layer.lossWeights.enumerated() where weight != 0 {
        found.append((net.tops[index][position], weight))
      }
    }
    if found.isEmpty { found = [(Blob([1]), 0)] }
    tops = found.map(\.top)
    weights = Buffer(count: found.count)
    weights.set(found.map(\.weight))
  }

  /// Puts the loss of the last forward at `offset` of `target`, or adds it to what is there.
  package func record(in target: Buffer, at offset: Int, adding: Bool) {
    for (index, top) in tops.enumerated() {
      var value = top.data
      if top.count != 1 {
        engine.reduceRows(RowReductionSpec(.sum, rows: 1, columns: top.count), input: top.data, output: sum)
        value = sum
      }
      engine.scaleRows(
        RecurrentSpec(rows: 1, length: 1), input: Operand(value), factors: Operand(weights, offset: index),
        beta: adding || index > 0 ? 1 : 0, output: Operand(target, offset: offset))
    }
  }
}
