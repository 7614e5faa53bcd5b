import Caffe

/// Compares a net's gradients with central differences of what it computes.
///
/// The function differentiated is the net's loss; where it has none, the sum of its outputs times random seeds. Values at kinks are
/// passed over, but at most a tenth of all.
package struct NetGradientCheck {
  package init() {}

  /// Checks every value of every blob in `blobs`, inputs or parameters of the net, by name.
  ///
  /// - Returns: What disagrees, one line each; empty when all is well.
  package func failures(of net: Net, blobs: [(name: String, blob: Blob)], seed: UInt64 = 1) throws -> [String] {
    let seeds = Seeds(net, seed: seed)
    try net.forward()
    net.clearGradients()
    try seeds.apply()
    try net.backward()
    var failures: [String] = []
    for (name, blob) in blobs {
      let gradients = blob.diff.values
      var kinks = 0
      for index in 0..<blob.count {
        let value = blob.data[index]
        defer { blob.data[index] = value }
        let outcome = try SlopeCheck().compare(Double(gradients[index]), at: value) { moved in
          blob.data[index] = moved
          return try seeds.value()
        }
        switch outcome {
        case .agrees: break
        case .kink: kinks += 1
        case .disagrees(let slope):
          failures.append("\(name)[\(index)]: gradient \(gradients[index]), slope \(slope)")
        }
      }
      if kinks * 10 > blob.count { failures.append("\(name): \(kinks) of \(blob.count) values lie at kinks") }
    }
    return failures
  }
}

/// A net made a function of one value: its loss, or its outputs times fixed random numbers.
private struct Seeds {
  let net: Net
  /// Nothing where the net has a loss.
  var seeds: [(blob: Blob, values: [Float])] = []

  init(_ net: Net, seed: UInt64) {
    self.net = net
    guard net.outputLossWeights.allSatisfy({ $0 == 0 }) else { return }
    var random = RandomStream(seed: seed, stream: 77)
    seeds = net.outputs.map { ($0.blob, random.values($0.blob.count)) }
  }

  func apply() throws {
    for (blob, values) in seeds { try blob.setDiff(values) }
  }

  func value() throws -> Double {
    let loss = try net.forward()
    guard !seeds.isEmpty else { return Double(loss) }
    return seeds.reduce(into: 0.0) { sum, seed in
      for (value, factor) in zip(seed.blob.data.values, seed.values) { sum += Double(value) * Double(factor) }
    }
  }
}
