import CaffeCore
import CaffeNet
import CaffeProto

/// How weights follow from gradients: a value, made once from the solver's message.
///
/// A new rule is a type that conforms and a line in `UpdateRules.standard`; where no `UpdateFormula` fits, an engine op too.
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
  ///
  /// - Parameter iteration: Counted from 0.
  func update(
    _ step: UpdateStep, iteration: Int, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int,
    engine: any Engine)
}

/// A rule that an engine has a formula for.
protocol FormulaRule: UpdateRule {
  /// The formula for `iteration`, counted from 0.
  func formula(at iteration: Int) -> UpdateFormula
}

extension FormulaRule {
  /// As many as the formula needs.
  public var historiesPerParameter: Int { formula(at: 0).historyCount }

  /// Does one step.
  public func update(
    _ step: UpdateStep, iteration: Int, weights: Buffer, gradient: Buffer, histories: [Buffer], count: Int,
    engine: any Engine
  ) {
    engine.update(
      formula(at: iteration), step, weights: weights, gradient: gradient, histories: histories, count: count)
  }
}

/// The update rules there are.
public enum UpdateRules {
  /// All of them.
  public static let standard: [any UpdateRule.Type] = [
    SGDRule.self, NesterovRule.self, AdaGradRule.self, RMSPropRule.self, AdaDeltaRule.self, AdamRule.self,
    AdamWRule.self
  ]

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
