import CaffeCore
import CaffeNet
import CaffeProto

/// How weights follow from gradients: a value, made once from the solver's message.
///
/// A new rule is a type that conforms, a line in `UpdateRules.standard`, and an engine op.
public protocol UpdateRule: Sendable {
  /// The name that the solver's `type` uses.
  static var typeName: String { get }

  /// Takes what it needs from the message.
  ///
  /// - Throws: `CaffeError` when a field is out of range.
  init(_ solver: SolverParameter) throws

  /// How many arrays of a parameter's size the rule remembers between iterations.
  var historiesPerParameter: Int { get }

  /// Updates `weights` by `gradient`, and the histories.
  func update(
    _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int, engine: any Engine)
}

/// The numbers of one update of one parameter, the same for all rules.
public struct UpdateStep: Hashable, Sendable {
  /// The learning rate, the parameter's multiplier applied.
  public var rate: Float
  /// The weight decay, the parameter's multiplier applied.
  public var weightDecay: Float
  /// How weights are held small.
  public var regularization: SGDStep.Regularization
  /// What the gradient is multiplied with first: 1 / iter_size, and what clipping says.
  public var gradientScale: Float
  /// The iteration, counted from 0.
  public var iteration: Int
}

/// The update rules there are.
public enum UpdateRules {
  /// All of them.
  public static let standard: [any UpdateRule.Type] = [SGDRule.self]

  /// The rule that the solver's `type` names.
  ///
  /// - Throws: `CaffeError` of code `unsupported` that lists what is there.
  public static func rule(
    for solver: SolverParameter, among rules: [any UpdateRule.Type] = standard
  ) throws -> any UpdateRule {
    if let rule = rules.first(where: { $0.typeName == solver.type }) { return try rule.init(solver) }
    let names = rules.map { $0.typeName }
    let known = names.map { "\"\($0)\"" }.joined(separator: ", ")
    throw CaffeError(
      .unsupported,
      "there is no solver of type \"\(solver.type)\"\(NearNames.hint(for: solver.type, among: names)); "
        + "there is \(known)")
  }
}

/// Stochastic gradient descent with momentum.
///
/// With g the gradient and the weight decay's part: history ← momentum · history + rate · g; weight ← weight − history.
///
/// Source: Caffe's SGDSolver, whose history includes the learning rate.
public struct SGDRule: UpdateRule {
  /// `SGD`.
  public static let typeName = "SGD"
  /// The share of the last step that is kept.
  public let momentum: Float

  /// Takes `momentum`.
  public init(_ solver: SolverParameter) throws {
    guard solver.momentum.isFinite else {
      throw CaffeError(.value, "momentum: \(solver.momentum.general) in the solver; give a finite number, often 0.9")
    }
    momentum = solver.momentum
  }

  /// One: the last step.
  public var historiesPerParameter: Int { 1 }

  /// Does one step.
  public func update(
    _ step: UpdateStep, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int, engine: any Engine
  ) {
    engine.sgdUpdate(
      SGDStep(
        rate: step.rate, momentum: momentum, weightDecay: step.weightDecay, regularization: step.regularization,
        gradientScale: step.gradientScale),
      weights: weights, gradient: gradient, history: histories[0], count: count)
  }
}
