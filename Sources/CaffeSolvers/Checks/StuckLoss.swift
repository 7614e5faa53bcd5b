import Foundation

/// The loss of a softmax, iteration after iteration: whether it has come to rest where nothing is learned.
package struct StuckLoss {
  /// The values at which softmax losses get stuck.
  package enum Value: Hashable, Sendable {
    /// −ln of the smallest normal float, 87.3365: the true classes have no probability at all.
    case saturated
    /// ln of the number of classes: all have the same probability.
    case chance
  }

  /// The loss of a probability that counts as the smallest float.
  package static let saturatedLoss = -log(Double(Float.leastNormalMagnitude))
  /// So many iterations in a row at 87.3365 are no accident.
  package static let saturatedIterations = 20
  /// Healthy nets start at ln K and may take their time to leave it, the longer the more classes they tell apart: means of so many
  /// iterations are looked at, over `max(500, 2 K)` iterations.
  package static let block = 50
  /// How far such a mean may be from ln K, as a share of it.
  package static let chanceTolerance = 0.005

  private let classes: Int
  private var saturated = 0
  private var sum = 0.0
  private var count = 0
  private var blocks = 0
  private var said: Set<Value> = []

  /// Makes one for a softmax over `classes` channels.
  package init(classes: Int) { self.classes = classes }

  /// How many iterations at ln K are too many.
  package var chanceIterations: Int { max(500, 2 * classes) }

  /// Takes in an iteration's loss, the mean over its labels.
  ///
  /// - Returns: The value where it has just become clear that the loss sits there; each only once.
  package mutating func add(_ loss: Double) -> Value? {
    saturated = abs(loss - StuckLoss.saturatedLoss) < 0.01 ? saturated + 1 : 0
    if saturated == StuckLoss.saturatedIterations { return say(.saturated) }
    guard classes > 1 else { return nil }
    sum += loss
    count += 1
    guard count == StuckLoss.block else { return nil }
    let (mean, chance) = (sum / Double(count), log(Double(classes)))
    blocks = abs(mean - chance) <= StuckLoss.chanceTolerance * chance ? blocks + 1 : 0
    (sum, count) = (0, 0)
    return blocks * StuckLoss.block >= chanceIterations ? say(.chance) : nil
  }

  private mutating func say(_ value: Value) -> Value? { said.insert(value).inserted ? value : nil }
}
