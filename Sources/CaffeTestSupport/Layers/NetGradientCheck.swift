import Caffe

/// Compares a net's gradients with central differences of what it computes.
///
/// The function differentiated is the net's loss; where it has none, the sum of its outputs times random seeds. A value that
/// disagrees passes if half the step gives another slope: then a kink lies within the step and there is no derivative to
/// compare with. At most a tenth of the values may be passed over so.
package struct NetGradientCheck {
  /// How far a value is moved to both sides.
  package var step: Float = 1e-2
  /// The largest |gradient − slope| as a share of the larger of them and 1.
  package var threshold = 2e-3

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
        let gradient = Double(gradients[index])
        let slope = try slope(of: net, seeds, blob, index, step: step)
        guard !agree(gradient, slope) else { continue }
        if !agree(slope, try self.slope(of: net, seeds, blob, index, step: step / 2)) {
          kinks += 1
        } else {
          failures.append("\(name)[\(index)]: gradient \(gradient), slope \(slope)")
        }
      }
      if kinks * 10 > blob.count { failures.append("\(name): \(kinks) of \(blob.count) values lie at kinks") }
    }
    return failures
  }

  private func agree(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= threshold * max(1, abs(a), abs(b))
  }

  private func slope(of net: Net, _ seeds: Seeds, _ blob: Blob, _ index: Int, step: Float) throws -> Double {
    let value = blob.data[index]
    defer { blob.data[index] = value }
    // What the sums of floats make of the step isn't the step itself.
    let (above, below) = (value + step, value - step)
    blob.data[index] = above
    let upper = try seeds.value()
    blob.data[index] = below
    let lower = try seeds.value()
    return (upper - lower) / Double(above - below)
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
