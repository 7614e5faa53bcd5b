import CaffeCore

/// Neighbouring layers computed at once.
///
/// Blobs hold what they would without: layers are fused where all of them write over one blob, whose last value is the same, or, where
/// nothing is learned, also where the blobs between them are read by the next layer only. These are computed when somebody reads them after all.
/// A pass over a part of such layers, or a backward pass that they have no fused form of, computes them one by one first.
extension Net {
  /// Finds the layers to fuse.
  ///
  /// - Returns: For each layer the ones that it belongs to, if any.
  func makeFusions() -> [Fusion?] {
    var fusions = [Fusion?](repeating: nil, count: layers.count)
    guard context.fusesLayers else { return fusions }
    for index in layers.indices where fusions[index] == nil {
      guard let fusion = fusion(startingAt: index) else { continue }
      for layer in fusion.range { fusions[layer] = fusion }
    }
    return fusions
  }

  private func fusion(startingAt first: Int) -> Fusion? {
    guard let head = layers[first] as? any FusingLayer, tops[first].count == 1, !hasLoss(first) else { return nil }
    let trains = phase == .train
    var steps: [LayerStep] = []
    for index in layers.indices[(first + 1)...] {
      guard let step = step(index, after: tops[index - 1][0], from: first) else { break }
      guard layerNeedsBackward[index] == layerNeedsBackward[first], !trains || step.isInPlace else { break }
      steps.append(step)
    }
    let count = head.fusible(steps, bottom: bottoms[first], top: tops[first], trains: trains)
    guard count > 0 else { return nil }
    var hidden: [(blob: Blob, followers: Int)] = []
    var current = tops[first][0]
    for (done, step) in steps[..<count].enumerated() where step.top[0] !== current {
      hidden.append((current, done))
      current = step.top[0]
    }
    // What is read later is computed from the bottom, which only layers may have changed meanwhile.
    if !hidden.isEmpty, bottoms[first].contains(where: { isGiven($0) }) { return nil }
    let writer = tops.firstIndex { $0.contains { $0 === tops[first][0] } } ?? first
    return Fusion(
      head: head, range: first...(first + count), firstWriter: writer, followers: Array(steps[..<count]),
      trains: trains, hidden: hidden)
  }

  /// Layer `index`, if it reads `blob` and could be fused into layer `first` or those after it.
  private func step(_ index: Int, after blob: Blob, from first: Int) -> LayerStep? {
    let bottom = bottoms[index]
    guard tops[index].count == 1, !hasLoss(index), bottom.filter({ $0 === blob }).count == 1 else { return nil }
    // What else it reads must be there before the first of them.
    for other in bottom where other !== blob {
      guard !tops[first..<index].contains(where: { $0.contains { $0 === other } }) else { return nil }
    }
    let top = tops[index][0]
    // Writing over another bottom than the blob would change what is computed again.
    guard top === blob || !bottom.contains(where: { $0 === top }) else { return nil }
    return LayerStep(
      layer: layers[index], bottom: bottom, top: tops[index], propagateDown: bottomNeedsBackward[index])
  }

  private func hasLoss(_ index: Int) -> Bool { layers[index].lossWeights.contains { $0 != 0 } }

  /// Whether the blob's values come from outside the net.
  private func isGiven(_ blob: Blob) -> Bool {
    layers.indices.contains { bottoms[$0].isEmpty && tops[$0].contains { $0 === blob } }
  }

  // MARK: - Passes

  /// Whether somebody looks at every layer's part of a pass.
  private var isWatched: Bool { debugInfo || layerHook != nil }

  /// The layers from `index` on that are computed at once, if none is beyond `last`.
  func fusion(at index: Int, through last: Int) -> Fusion? {
    guard !isWatched, let fusion = fusions[index] else { return nil }
    return fusion.range.lowerBound == index && fusion.range.upperBound <= last ? fusion : nil
  }

  /// The layers up to `index` whose gradients are computed at once, if none is before `first`.
  func fusion(endingAt index: Int, from first: Int) -> Fusion? {
    guard !isWatched, layerNeedsBackward[index], let fusion = fusions[index], fusion.isCurrent, fusion.trains
    else { return nil }
    return fusion.range.upperBound == index && fusion.range.lowerBound >= first ? fusion : nil
  }

  /// Computes all layers of `fusion`.
  func forward(_ fusion: Fusion) throws {
    for index in fusion.range {
      try naming(index) { try reshape(layer: index) }
    }
    let first = fusion.range.lowerBound
    try naming(first) {
      try fusion.head.forward(bottom: bottoms[first], top: tops[first], followedBy: fusion.followers)
    }
    fusion.isCurrent = true
    for (blob, followers) in fusion.hidden {
      let (bottom, top) = (bottoms[first], tops[first])
      // Shapes and messages were checked by the forward, so it can't fail where that didn't.
      blob.data.fillLater { [head = fusion.head, steps = fusion.followers[..<followers]] _ in
        try? head.forwardAgain(bottom: bottom, top: top)
        for step in steps { try? step.layer.forward(bottom: step.bottom, top: step.top) }
      }
    }
  }

  /// Computes all gradients of the layers of `fusion`.
  func backward(_ fusion: Fusion) throws {
    let first = fusion.range.lowerBound
    try naming(first) {
      try fusion.head.backward(
        propagateDown: bottomNeedsBackward[first], bottom: bottoms[first], top: tops[first],
        followedBy: fusion.followers)
    }
  }

  /// Before the layers of `range` are computed: layers that were computed at once, of which they are only a part or whose blob they
  /// write, are computed one by one.
  func prepareForward(of range: ClosedRange<Int>) throws {
    for (index, fusion) in fusions.enumerated() {
      guard let fusion, fusion.isCurrent, fusion.range.lowerBound == index else { continue }
      if range.contains(index), range.contains(fusion.range.upperBound) {
        fusion.isCurrent = false
      } else if range.overlaps(fusion.firstWriter...fusion.range.upperBound) {
        try separate(fusion)
      }
    }
  }

  /// Computes one by one what was computed at once.
  func separate(_ fusion: Fusion) throws {
    fusion.isCurrent = false
    let first = fusion.range.lowerBound
    try naming(first) { try fusion.head.forwardAgain(bottom: bottoms[first], top: tops[first]) }
    for (offset, step) in fusion.followers.enumerated() {
      try naming(first + 1 + offset) { try step.layer.forward(bottom: step.bottom, top: step.top) }
    }
  }
}
