import CaffeCore
import CaffeNet

extension Net {
  /// Compares the gradients of the parameters with differences of the loss, on the batch that the last forward computed.
  ///
  /// Of each parameter the value with the largest gradient is looked at, and some at random. Data layers don't read on; what is random
  /// or carried from pass to pass is the same in every pass. Afterwards parameters, gradients and what layers carry are as
  /// they were.
  ///
  /// - Parameters:
  ///   - samples: How many values of each parameter, 1 or more.
  ///   - seed: Which values.
  /// - Throws: What layers throw.
  public func checkGradients(samples: Int = 3, seed: UInt64 = 1) throws -> GradientCheckResult {
    let repetition = BatchRepetition(self)
    let gradients = learnable.map { $0.blob.diff.values }
    let debug = debugInfo
    debugInfo = false
    defer { debugInfo = debug }
    let result = Result { try compareGradients(repetition, samples: samples, seed: seed) }
    // Blobs are left as the parameters make them, not as the last difference did.
    _ = try? repetition.loss()
    try repetition.restore()
    for (parameter, gradient) in zip(learnable, gradients) { parameter.blob.diff.set(gradient) }
    return try result.get()
  }

  private func compareGradients(
    _ repetition: BatchRepetition, samples: Int, seed: UInt64
  ) throws -> GradientCheckResult {
    var result = GradientCheckResult()
    if let fault = try repetition.fault() {
      result.refusal = fault
      return result
    }
    let loss = try repetition.loss()
    clearGradients()
    try backward()
    let gradients = learnable.map { $0.blob.diff.values }
    // The loss is a float, and rounding on the way to it counts for a few of its last digits.
    let rounding = 8 * Double(Float(loss).ulp)
    let check = SlopeCheck(steps: [1e-2, 5e-3, 2e-3, 1e-3], threshold: 0.02) { step in rounding / (0.02 * Double(step))
    }
    var random = RandomStream(seed: seed)
    for (parameter, gradient) in zip(learnable, gradients) where parameter.layer.propagatesToParameter[parameter.index]
    {
      for index in sample(gradient, count: samples, &random) {
        let data = parameter.blob.data
        let value = data[index]
        defer { data[index] = value }
        result.compared += 1
        let outcome = try check.compare(Double(gradient[index]), at: value) { moved in
          data[index] = moved
          return try repetition.loss()
        }
        switch outcome {
        case .agrees: break
        case .kink: result.passedOver += 1
        case .disagrees(let slope):
          result.disagreements.append(
            GradientCheckResult.Disagreement(
              layer: parameter.layer.name, parameter: parameter.displayName, index: index, gradient: gradient[index],
              slope: slope))
        }
      }
    }
    return result
  }

  /// The place of the largest gradient, and others at random.
  private func sample(_ gradient: [Float], count: Int, _ random: inout RandomStream) -> [Int] {
    guard let largest = gradient.indices.max(by: { abs(gradient[$0]) < abs(gradient[$1]) }) else { return [] }
    var chosen = [largest]
    for _ in 1..<max(1, min(count, gradient.count)) {
      chosen.append(Int(random.next() % UInt64(gradient.count)))
    }
    return Array(Set(chosen)).sorted()
  }
}

/// The forward pass of a net's last batch, over and over.
private struct BatchRepetition {
  private let net: Net
  private let carried: CarriedState
  /// The layers that don't read data.
  private let layers: [Int]
  /// Tops of data layers that other layers write over.
  private let overwritten: [(blob: Blob, values: [Float])]

  init(_ net: Net) {
    self.net = net
    carried = net.carriedState()
    let isSource = net.layers.indices.map { net.bottoms[$0].isEmpty && net.layers[$0].blobs.isEmpty }
    layers = net.layers.indices.filter { !isSource[$0] }
    let read = net.layers.indices.filter { isSource[$0] }.flatMap { net.tops[$0] }
    let written = layers.flatMap { net.tops[$0] }
    overwritten = read.filter { blob in written.contains { $0 === blob } }.map { ($0, $0.data.values) }
  }

  /// Sets all but parameters to what they were.
  func restore() throws {
    try net.restore(carried)
    for (blob, values) in overwritten { blob.data.set(values) }
  }

  /// Computes the loss.
  func loss() throws -> Double {
    try restore()
    return try layers.reduce(0) { $0 + Double(try net.forward(layer: $1)) }
  }

  /// What keeps the loss from being compared with itself.
  func fault() throws -> String? {
    let first = try magnitudes()
    let second = try magnitudes()
    if let index = first.indices.first(where: { first[$0] != second[$0] }) {
      let layer = net.layers[layers[index]]
      return
        "layer \"\(layer.name)\" gives other values every time, for the same batch; a layer with random numbers or a state of its "
        + "own must conform to StatefulLayer"
    }
    let loss = try loss()
    if !loss.isFinite { return "the loss is \(loss)" }
    let hasLoss = net.layers.contains { $0.lossWeights.contains { $0 != 0 } }
    return hasLoss ? nil : "the net has no loss"
  }

  /// Σ |top| of each layer.
  private func magnitudes() throws -> [[Float]] {
    try restore()
    return try layers.map { index in
      _ = try net.forward(layer: index)
      return net.tops[index].map { net.context.engine.absoluteSum($0.data, count: $0.count) }
    }
  }
}
