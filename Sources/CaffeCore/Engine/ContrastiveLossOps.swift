/// A loss that pulls similar pairs together and pushes others apart.
///
/// Source: Hadsell et al., "Dimensionality reduction by learning an invariant mapping", 2006.
public protocol ContrastiveLossOps {
  /// Computes `Σ l / (2 · pairs)` with l = d² for similar pairs, otherwise max(margin − d, 0)², where d is the distance of row i of
  /// `a` from row i of `b`. The legacy form has max(margin − d², 0) instead.
  ///
  /// `similar` has one value for each pair: a pair is similar unless its whole part is 0. `loss` has one value.
  func contrastiveLoss(_ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, loss: Buffer)

  /// Computes the gradients of both sides, each where it is wanted: with g = lossGradient[0] / pairs, that of `a` is
  /// g · (a − b) for similar pairs, otherwise −g · (margin − d) / (d + 1e-4) · (a − b), legacy −g · (a − b), where the margin is
  /// larger than d, legacy than d²; 0 elsewhere. That of `b` is its negative.
  func contrastiveLossBackward(
    _ spec: ContrastiveLossSpec, a: Buffer, b: Buffer, similar: Buffer, lossGradient: Buffer, aGradient: Buffer?,
    bGradient: Buffer?)
}

/// How a contrastive loss is computed.
public struct ContrastiveLossSpec: Hashable, Sendable {
  /// The number of pairs.
  public var pairs: Int
  /// The values of a row.
  public var length: Int
  /// How far apart pairs that aren't similar should be.
  public var margin: Float
  /// Whether the margin is one of squared distances.
  public var isLegacy: Bool

  /// Makes a spec.
  public init(pairs: Int, length: Int, margin: Float = 1, isLegacy: Bool = false) {
    self.pairs = pairs
    self.length = length
    self.margin = margin
    self.isLegacy = isLegacy
  }

  /// The loss of one pair, not yet halved.
  package func loss(squaredDistance: Double, similar: Bool) -> Double {
    if similar { return squaredDistance }
    if isLegacy { return max(Double(margin) - squaredDistance, 0) }
    let gap = max(Double(margin) - squaredDistance.squareRoot(), 0)
    return gap * gap
  }

  /// The factor of a − b in the gradient of a, for the gradient 1 of a pair's halved loss.
  package func slope(squaredDistance: Double, similar: Bool) -> Double {
    if similar { return 1 }
    if isLegacy { return Double(margin) > squaredDistance ? -1 : 0 }
    let distance = squaredDistance.squareRoot()
    let gap = Double(margin) - distance
    return gap > 0 ? -gap / (distance + 1e-4) : 0
  }
}
