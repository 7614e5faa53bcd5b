import Caffe

/// What every layer must pass, on every engine: ports, shapes, two reshapes and back, finite values, engines agreeing, the
/// numeric gradient, the in-place rule, saving and loading, and the original's cases of its type.
///
/// `failures()` returns what went wrong, so that the battery itself can be tested with broken layers.
package struct LayerBattery {
  /// What a bottom is filled with.
  package enum Values {
    /// Between −1 and 1.
    case even
    /// Far enough from each other, from those of up to two other bottoms and from 0 that no step of a gradient check crosses a kink.
    case separated
    /// Between 0.3 and 2.
    case positive
    /// Whole numbers from 0, below a number of classes; without a gradient.
    case labels(Int)
  }

  /// A bottom.
  package struct Bottom {
    package var shape: [Int]
    /// The shape after the second reshape.
    package var other: [Int]
    package var values: Values

    package init(_ shape: [Int], then other: [Int], _ values: Values = .even) {
      self.shape = shape
      self.other = other
      self.values = values
    }

    var hasGradient: Bool {
      if case .labels = values { return false }
      return true
    }
  }

  /// The layer's type.
  package var type: String
  /// More of its message.
  package var fields: String
  package var bottoms: [Bottom]
  /// The shapes of the tops, for the first and for the second shapes of the bottoms.
  package var tops: [[Int]]
  package var otherTops: [[Int]]
  package var phase = Phase.train
  /// Whether there is a gradient to be compared with differences.
  package var hasGradient = true
  /// Whether the layer's top may be its first bottom, with the same results.
  package var inPlace = false
  package var registry = LayerRegistry.standard
  package var engines = TestEngines.all

  package init(
    _ type: String, _ fields: String = "", bottoms: [Bottom], tops: [[Int]], otherTops: [[Int]]
  ) {
    self.type = type
    self.fields = fields
    self.bottoms = bottoms
    self.tops = tops
    self.otherTops = otherTops
  }

  /// Runs everything.
  ///
  /// - Returns: What went wrong, one line each; empty when all is well.
  package func failures() -> [String] {
    var failures = steps("ports", portFailures)
    for engine in engines {
      let name = engine.name
      failures += steps("\(name): shapes", { try shapeFailures(engine) })
      failures += steps("\(name): agreement", { try agreementFailures(engine) })
      if hasGradient { failures += steps("\(name): gradient", { try gradientFailures(engine) }) }
      failures += steps("\(name): in-place", { try inPlaceFailures(engine) })
      failures += steps("\(name): save and load", { try loadFailures(engine) })
      failures += steps("\(name): reference", { referenceFailures(engine) })
    }
    return failures
  }

  private func steps(_ name: String, _ body: () throws -> [String]) -> [String] {
    do {
      return try body().map { "\(type), \(name): \($0)" }
    } catch {
      return ["\(type), \(name): \(error)"]
    }
  }

  // MARK: - Nets

  /// The net of one layer, called `layer`, over the inputs `b0`, `b1` …, with the tops `t0`, `t1` ….
  package func net(_ engine: any Engine, inPlace: Bool = false, bottoms count: Int? = nil, seed: UInt64 = 1) throws
    -> Net
  {
    var text = "name: \"battery\" force_backward: \(hasGradient)\n"
    for (index, bottom) in bottoms.enumerated() {
      let extents = bottom.shape.map { "dim: \($0)" }.joined(separator: " ")
      text += "layer { name: \"in\(index)\" type: \"Input\" top: \"b\(index)\" input_param { shape { \(extents) } } }\n"
    }
    if inPlace {
      // A copy between, so that the input stays as it is.
      text +=
        "layer { name: \"copy\" type: \"Dropout\" bottom: \"b0\" top: \"t0\" dropout_param { dropout_ratio: 0 } }\n"
    }
    text += "layer { name: \"layer\" type: \"\(type)\""
    for index in 0..<(count ?? bottoms.count) {
      text += " bottom: \"\(inPlace && index == 0 ? "t0" : "b\(index)")\""
    }
    for index in tops.indices { text += " top: \"t\(index)\"" }
    text += " \(fields) }"
    let file = try NetReader.parseNet(text: text)
    return try Net(
      file.net,
      context: Context(engine: engine, phase: phase, registry: registry, random: RandomSource(seed: seed)),
      locations: file.layerLocations)
  }

  /// Gives the net's inputs the first shapes or the others, and values that are the same every time.
  package func fill(_ net: Net, other: Bool = false) throws {
    var random = RandomStream(seed: 7, stream: other ? 2 : 1)
    for (index, bottom) in bottoms.enumerated() {
      guard let blob = net.blob(named: "b\(index)") else { continue }
      blob.reshape(to: try Shape(validating: other ? bottom.other : bottom.shape))
      switch bottom.values {
      case .even: try blob.setData(random.values(blob.count))
      case .separated:
        // Blobs keep their distance from each other too, for what compares them.
        let offset = [Float(0), 0.026, -0.026][index % 3]
        try blob.setData(random.separatedValues(blob.count).map { $0 + offset })
      case .positive: try blob.setData(random.values(blob.count, in: 0.3...2))
      case .labels(let classes): try blob.setData(random.integers(blob.count, in: 0...classes - 1))
      }
    }
    for layer in net.layers {
      for blob in layer.blobs { try blob.setData(random.values(blob.count, in: -0.5...0.5)) }
    }
  }

  private func topBlobs(_ net: Net) -> [Blob] { tops.indices.compactMap { net.blob(named: "t\($0)") } }

  // MARK: - Steps

  private func portFailures() throws -> [String] {
    guard let ports = registry[type]?.ports, let engine = engines.first else { return ["the type isn't registered"] }
    var failures: [String] = []
    if !ports.bottoms.contains(bottoms.count) { failures.append("\(bottoms.count) bottoms aren't in \(ports.bottoms)") }
    if !ports.tops.contains(tops.count) { failures.append("\(tops.count) tops aren't in \(ports.tops)") }
    if ports.bottoms.lowerBound > 0 {
      do {
        _ = try net(engine, bottoms: ports.bottoms.lowerBound - 1)
        failures.append("\(ports.bottoms.lowerBound - 1) bottoms are taken without an error")
      } catch let error as CaffeError where error.layer == "layer" {}
    }
    return failures
  }

  private func shapeFailures(_ engine: any Engine) throws -> [String] {
    let net = try net(engine)
    var failures: [String] = []
    var first: [[Float]] = []
    for (round, other) in [false, true, false].enumerated() {
      try fill(net, other: other)
      try net.forward()
      let blobs = topBlobs(net)
      for (index, blob) in blobs.enumerated() {
        let expected = other ? otherTops[index] : tops[index]
        if blob.shape.extents != expected {
          failures.append("round \(round): top \(index) has the shape \(blob.shape.extents), not \(expected)")
        }
        if let place = blob.data.values.firstIndex(where: { !$0.isFinite }) {
          failures.append("round \(round): top \(index) isn't finite at \(place)")
        }
      }
      if round == 0 { first = blobs.map(\.data.values) }
      if round == 2, first != blobs.map(\.data.values) {
        failures.append("after two reshapes the tops are other than before")
      }
    }
    return failures
  }

  private func agreementFailures(_ engine: any Engine) throws -> [String] {
    let nets = [try net(ReferenceEngine()), try net(engine)]
    for net in nets {
      try fill(net)
      try net.forward()
    }
    return zip(topBlobs(nets[0]), topBlobs(nets[1])).enumerated().compactMap { index, pair in
      let worst = Tolerance.sums.worstDifference(got: pair.1.data.values, want: pair.0.data.values)
      return worst.passed
        ? nil : "top \(index)[\(worst.index ?? 0)] is \(worst.got), on the reference engine \(worst.want)"
    }
  }

  private func gradientFailures(_ engine: any Engine) throws -> [String] {
    let net = try net(engine)
    try fill(net)
    var blobs: [(name: String, blob: Blob)] = []
    for (index, bottom) in bottoms.enumerated() where bottom.hasGradient {
      if let blob = net.blob(named: "b\(index)") { blobs.append(("b\(index)", blob)) }
    }
    for (index, blob) in (net.layer(named: "layer")?.blobs ?? []).enumerated() {
      blobs.append(("parameter \(index)", blob))
    }
    return try NetGradientCheck().failures(of: net, blobs: blobs)
  }

  private func inPlaceFailures(_ engine: any Engine) throws -> [String] {
    guard !tops.isEmpty, !bottoms.isEmpty else { return [] }
    let changed: Net
    do {
      changed = try net(engine, inPlace: true)
    } catch let error as CaffeError where !inPlace {
      return error.code == .graph ? [] : ["refused by an error of the wrong kind: \(error)"]
    }
    guard inPlace else { return ["the top may be the bottom"] }
    let plain = try net(engine)
    var random = RandomStream(seed: 3)
    let seeds = random.values(plain.blob(named: "t0")?.count ?? 0)
    for net in [plain, changed] {
      try fill(net)
      try net.forward()
      try net.blob(named: "t0")?.setDiff(seeds)
    }
    let outputs = [plain, changed].map { $0.blob(named: "t0")?.data.values }
    guard outputs[0] == outputs[1] else { return ["the top is another than when it isn't in-place"] }
    guard hasGradient else { return [] }
    for net in [plain, changed] { try net.backward() }
    return bottoms.indices.compactMap { index in
      let gradients = [plain, changed].map { $0.blob(named: "b\(index)")?.diff.values }
      return gradients[0] == gradients[1]
        ? nil : "the gradient of bottom \(index) is another than when it isn't in-place"
    }
  }

  private func loadFailures(_ engine: any Engine) throws -> [String] {
    let source = try net(engine)
    guard !source.parameters.isEmpty else { return [] }
    try fill(source)
    try source.forward()
    let target = try net(engine, seed: 99)
    try fill(target)
    for parameter in target.parameters {
      try parameter.blob.setData([Float](repeating: 0.1, count: parameter.blob.count))
    }
    _ = try target.load(weights: source.weights())
    try target.forward()
    return topBlobs(source).map(\.data.values) == topBlobs(target).map(\.data.values)
      ? [] : ["with the parameters saved and loaded the tops are others"]
  }

  /// Those cases that are about this type: its layers and inputs alone.
  private func referenceFailures(_ engine: any Engine) -> [String] {
    ReferenceCase.layersByType[type, default: []].compactMap { reference in
      let outcome = reference.run(on: engine, registry: registry)
      return outcome.verdict == .ok ? nil : outcome.line
    }
  }
}
