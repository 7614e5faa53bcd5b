import CaffeCore
import CaffeProto

/// One mistake that nets or solvers are looked through for.
///
/// A rule is a small type in a file of its own; the list of all is `LintRules.all`.
public protocol LintRule: Sendable {
  /// What the rule is about: its page.
  var page: RulePage { get }

  /// The mistakes in a net, as it is in one phase.
  func check(_ net: LintedNet, report: (Remark) -> Void)

  /// The mistakes in a solver.
  func check(_ solver: LintedSolver, report: (Remark) -> Void)
}

extension LintRule {
  /// Nothing: for rules about solvers.
  public func check(_ net: LintedNet, report: (Remark) -> Void) {}

  /// Nothing: for rules about nets.
  public func check(_ solver: LintedSolver, report: (Remark) -> Void) {}
}

/// What a rule says about one place; the rule's name and severity are added to it.
public struct Remark {
  /// What was found, and what to do, in one line.
  public var message: String
  /// Where.
  public var location: FileLocation
  /// The layer that it is about.
  public var layer: String?

  /// Makes a remark.
  public init(_ message: String, at location: FileLocation, layer: String? = nil) {
    self.message = message
    self.location = location
    self.layer = layer
  }
}

/// The documentation of a rule.
public struct RulePage: Sendable {
  /// The rule's name, as findings have it.
  public let name: String
  /// How bad what it finds is.
  public let severity: Finding.Severity
  /// What it finds, in a line.
  public let summary: String
  /// Why that is a mistake, and what to do.
  public let text: String
  /// A prototxt that has the mistake; empty where the mistake lies in other files.
  public let wrong: String
  /// The same without it.
  public let right: String

  /// Makes a page.
  public init(
    _ name: String, _ severity: Finding.Severity, summary: String, text: String, wrong: String = "", right: String = ""
  ) {
    self.name = name
    self.severity = severity
    self.summary = summary
    self.text = text
    self.wrong = wrong
    self.right = right
  }
}
