import CaffeCore

/// How long a net's layers took, over several iterations.
public struct NetTiming: Sendable {
  /// One layer's part.
  public struct LayerTime: Sendable {
    /// The layer's name.
    public let name: String
    /// Its type.
    public let type: String
    /// The time of each forward.
    public fileprivate(set) var forward: [Duration] = []
    /// The time of each backward; empty where none was asked for.
    public fileprivate(set) var backward: [Duration] = []
    /// Multiplications and additions of a forward, each counted; 0 where they are few.
    public fileprivate(set) var operations = 0
    /// Those of a backward.
    public fileprivate(set) var backwardOperations = 0
    /// The bytes of bottoms, tops and parameters, which a forward reads or writes at least once.
    public fileprivate(set) var bytes = 0
    /// How the engine computes it, where there is a choice, or else how its first top lies in memory, where that isn't plainly.
    public fileprivate(set) var computedBy: String?
  }

  /// The layers, in the order in which they compute.
  public fileprivate(set) var layers: [LayerTime]
  /// The time of each whole iteration.
  public fileprivate(set) var iterations: [Duration] = []

  /// The median of the times of the forward and the backward of all layers, summed up.
  public var median: Duration { layers.reduce(.zero) { $0 + $1.forward.median + $1.backward.median } }
}

extension Net {
  /// Times the layers one by one, forward and, where asked for, backward.
  ///
  /// - Parameters:
  ///   - iterations: How many iterations are timed.
  ///   - warmUp: How many come before them: the first takes memory and makes plans.
  ///   - backward: Whether backward passes are run.
  ///   - each: Called after each timed iteration, with its number from 1 on and its time.
  /// - Throws: What the layers throw.
  public func time(
    iterations: Int, warmUp: Int = 0, backward: Bool = true,
    each: (_ iteration: Int, _ time: Duration) -> Void = { _, _ in }
  ) throws -> NetTiming {
    for _ in 0..<max(0, warmUp) { try timeOnce(backward: backward) { _, _, _ in } }
    var layouts = [String?](repeating: nil, count: layers.count)
    var timing = NetTiming(layers: layers.map { .init(name: $0.name, type: type(of: $0).typeName) })
    for iteration in 0..<max(0, iterations) {
      let whole = try timeOnce(backward: backward, computed: { layouts[$0] = layout(ofLayer: $0) }) {
        layer, isForward, time in
        if isForward { timing.layers[layer].forward.append(time) } else { timing.layers[layer].backward.append(time) }
      }
      timing.iterations.append(whole)
      each(iteration + 1, whole)
    }
    for index in layers.indices { describe(&timing.layers[index], index, layout: layouts[index]) }
    return timing
  }

  /// How the first top lies; `nil` where it is plain.
  private func layout(ofLayer index: Int) -> String? {
    guard let top = tops[index].first, !top.data.isPlainCurrent else { return nil }
    return top.data.currentReplica?.layout(of: top.shape)
  }

  @discardableResult
  private func timeOnce(
    backward: Bool, computed: (_ layer: Int) -> Void = { _ in },
    each: (_ layer: Int, _ isForward: Bool, _ time: Duration) -> Void
  ) throws -> Duration {
    let engine = context.engine
    clearGradients()
    // What was fused in the iteration before is computed anew, too.
    try prepareForward(of: 0...layers.count - 1)
    let steps = stepsOfForward()
    let start = engine.moment()
    // One moment after each step; they are looked at in the end, since an engine may compute later.
    let forwards = try steps.map {
      try compute(from: $0.lowerBound, through: $0.upperBound) { _ in }
      $0.forEach(computed)
      return engine.moment()
    }
    let backwards = try (backward ? steps.reversed() : []).map {
      try self.backward(from: $0.upperBound, through: $0.lowerBound)
      return engine.moment()
    }
    try engine.finish()
    var last = start
    func note(_ ranges: [ClosedRange<Int>], _ moments: [any EngineMoment], isForward: Bool) {
      for (range, moment) in zip(ranges, moments) {
        let time = moment.duration(since: last)
        for index in range { each(index, isForward, index == range.lowerBound ? time : .zero) }
        last = moment
      }
    }
    note(steps, forwards, isForward: true)
    note(steps.reversed(), backwards, isForward: false)
    return last.duration(since: start)
  }

  /// The layers, those together that are computed at once: their time is that of the first.
  private func stepsOfForward() -> [ClosedRange<Int>] {
    var steps: [ClosedRange<Int>] = []
    while let index = steps.last.map({ $0.upperBound + 1 }) ?? layers.indices.first, index < layers.count {
      steps.append(fusion(at: index, through: layers.count - 1)?.range ?? index...index)
    }
    return steps
  }

  private func describe(_ time: inout NetTiming.LayerTime, _ index: Int, layout: String?) {
    let layer = layers[index]
    time.operations = layer.operations(bottom: bottoms[index], top: tops[index])
    // A product's gradient with respect to each of its two factors costs as much as the product.
    let wanted = bottomNeedsBackward[index].contains(true)
    let learns = layer.propagatesToParameter.contains(true)
    time.backwardOperations = layerNeedsBackward[index] ? time.operations * ((wanted ? 1 : 0) + (learns ? 1 : 0)) : 0
    var values = (bottoms[index] + layer.blobs).reduce(0) { $0 + $1.count }
    for top in tops[index] where !bottoms[index].contains(where: { $0 === top }) { values += top.count }
    time.bytes = values * MemoryLayout<Float>.stride
    time.computedBy = layer.computedBy ?? layout
    if let fusion = fusions[index], fusion.range.lowerBound < index {
      time.computedBy = "with \(layers[fusion.range.lowerBound].name)"
    }
  }
}

extension [Duration] {
  /// The middle one, in the order of size; the mean of the two middle ones of an even number.
  public var median: Duration {
    guard !isEmpty else { return .zero }
    let sorted = sorted()
    return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// Half the distance between the first and the third quartile.
  public var spread: Duration {
    guard !isEmpty else { return .zero }
    let sorted = sorted()
    return (sorted[count * 3 / 4] - sorted[count / 4]) / 2
  }
}
