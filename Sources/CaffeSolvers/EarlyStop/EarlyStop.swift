/// When to end a training early: once a test output has not become better for a number of test runs.
///
/// ```swift
/// try solver.stopEarly(by: EarlyStop(output: "accuracy", patience: 3, minimumDelta: 0.001))
/// ```
public struct EarlyStop: Hashable, Sendable {
  /// Which way is better.
  public enum Direction: String, CaseIterable, Hashable, Sendable {
    /// Up: accuracies.
    case up = "max"
    /// Down: losses.
    case down = "min"
  }

  /// The output of a test net; `loss` is the test net's whole loss where no output is called so.
  public var output: String
  /// The number of test runs in a row that may pass without a better value.
  public var patience: Int
  /// By how much a value has to be better to count.
  public var minimumDelta: Float
  /// Which way is better; `nil` to take it from the output: accuracies up, losses down.
  public var direction: Direction?

  /// Makes a rule.
  public init(output: String, patience: Int, minimumDelta: Float = 0, direction: Direction? = nil) {
    self.output = output
    self.patience = patience
    self.minimumDelta = minimumDelta
    self.direction = direction
  }
}
