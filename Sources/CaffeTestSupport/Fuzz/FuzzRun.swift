import Caffe

/// A change of an input's shape between two passes.
struct InputChange {
  var name: String
  var extents: [Int]

  /// Draws one, or none.
  init?(_ net: FuzzNet, _ draw: inout Draw) {
    guard let input = net.inputs.isEmpty ? nil : draw.pick(net.inputs), draw.chance(30) else { return nil }
    name = input.name
    extents = draw.extents(0...5)
    if draw.chance(20) { extents.append(draw.pick([0, 7, 16])) }
  }
}

/// A net run there and back, with what it made of the inputs, and once more with an input of another shape.
struct FuzzRun {
  /// The error that ended it.
  private(set) var error: CaffeError?
  /// The tops of each layer after the first forward.
  private var tops: [(layer: LayerParameter, values: [[Float]])] = []
  /// The outputs of the first forward and the gradients of the first backward.
  private var results: [[Float]] = []

  init(
    net: Net, inputs: [FuzzNet.Input], seed: UInt64, change: InputChange?, startsBackward: Bool,
    memory: ActivationMemory = .kept
  ) {
    var random = RandomStream(seed: seed)
    net.setActivationMemory(memory)
    do {
      // Nobody should, but a program may.
      if startsBackward { try net.backward() }
      try FuzzRun.fill(net, inputs, &random)
      try net.forward()
      if memory == .kept {
        tops = net.layerParameters.indices.map { index in
          (net.layerParameters[index], net.tops[index].map(\.data.values))
        }
      }
      results = net.outputs.map(\.blob.data.values)
      net.clearGradients()
      for output in net.outputs { try output.blob.setDiff(random.values(output.blob.count)) }
      try net.backward()
      results += net.learnable.map(\.blob.diff.values)
      guard let change else { return }
      net.blob(named: change.name)?.reshape(to: Shape(change.extents))
      try FuzzRun.fill(net, inputs, &random)
      try net.forward()
      try net.backward()
    } catch let error as CaffeError {
      self.error = error
    } catch {
      self.error = CaffeError(.value, "an error that is no CaffeError: \(error)")
    }
  }

  private static func fill(_ net: Net, _ inputs: [FuzzNet.Input], _ random: inout RandomStream) throws {
    for input in inputs {
      guard let blob = net.blob(named: input.name) else { continue }
      try blob.setData(values(input.values, count: blob.count, &random))
    }
    for case let layer as MemoryDataLayer in net.layers {
      let shape = layer.batchShape
      let labels = random.integers(shape[0], in: 0...2)
      try layer.setData(random.values(shape.count), labels: labels)
    }
  }

  private static func values(_ kind: FuzzLayer.Values, count: Int, _ random: inout RandomStream) -> [Float] {
    switch kind {
    case .even: return random.values(count)
    case .positive: return random.values(count, in: 0.25...2)
    case .probabilities: return random.values(count, in: 0...1)
    case .flags: return random.integers(count, in: 0...1)
    case .indices(let below): return random.integers(count, in: 0...max(0, below - 1))
    case .odd:
      let odd: [Float] = [0, -1, 1, 0.5, 1e9, -1e9, 1e30, -1e30, .nan, .infinity, -.infinity, 3, .leastNonzeroMagnitude]
      return random.integers(count, in: 0...odd.count - 1).map { odd[Int($0)] }
    }
  }
}

// MARK: - Two engines

extension FuzzRun {
  /// Types whose result jumps: where their bottoms differ in the last bit, their tops may differ altogether.
  private static let jumping: Set<String> = [
    "Accuracy", "ArgMax", "BatchReindex", "Filter", "Pooling", "SPP", "Threshold", "Embed"
  ]

  /// What two engines made of the same net and values and shouldn't have made differently.
  func differences(from reference: FuzzRun, engine: String) -> [String] {
    if (error == nil) != (reference.error == nil) {
      let (mine, theirs) = (error.map { "\($0)" }, reference.error.map { "\($0)" })
      return ["\(engine): \(mine ?? "no error"), reference: \(theirs ?? "no error")"]
    }
    var uncertain: Set<String> = []
    var given: Set<String> = []
    for (mine, theirs) in zip(tops, reference.tops) {
      let layer = mine.layer
      if layer.bottom.isEmpty { given.formUnion(layer.top) }
      let jumps = FuzzRun.jumping.contains(layer.type) && !layer.bottom.allSatisfy(given.contains)
      let isUnclear = jumps || layer.bottom.contains(where: uncertain.contains)
      for (index, pair) in zip(mine.values, theirs.values).enumerated() {
        if FuzzRun.jumping.contains(layer.type) || isUnclear { uncertain.formUnion(layer.top) }
        // Values near the edge of what a float holds lose all their digits on the way.
        guard pair.1.allSatisfy({ $0.isFinite && abs($0) < 1e6 }) else {
          uncertain.formUnion(layer.top)
          continue
        }
        let worst = Tolerance.loose.worstDifference(got: pair.0, want: pair.1)
        guard !isUnclear, !worst.passed else { continue }
        return [
          "\(layer.type) \"\(layer.name)\": top \(index)[\(worst.index ?? 0)] is \(worst.got) on \(engine), \(worst.want) on reference"
        ]
      }
    }
    return []
  }
}

extension FuzzRun {
  /// What came out otherwise where the memory of values is used again.
  func differences(whereMemoryIsReused other: FuzzRun) -> [String] {
    if (error == nil) != (other.error == nil) {
      return ["with memory reused: \(other.error.map { "\($0)" } ?? "no error")"]
    }
    let areSame = results.map { $0.map(\.bitPattern) } == other.results.map { $0.map(\.bitPattern) }
    return areSame ? [] : ["with memory reused: other results, \(other.results) for \(results)"]
  }
}

extension Tolerance {
  /// For chains of layers.
  fileprivate static let loose = Tolerance(relative: 1e-3)
}
