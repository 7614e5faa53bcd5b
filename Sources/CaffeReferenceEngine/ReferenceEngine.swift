import CaffeCore

/// Every operation as plain Swift over plain values, written to be read: the semantics that other engines are tested
/// against.
///
/// One thread, no layouts of its own, sums in double precision. It is fit for small nets and for tests.
public final class ReferenceEngine: Engine, ImmediateEngine, Sendable {
  /// Makes the engine.
  public init() {}

  /// "reference".
  public var name: String { "reference" }

  /// What it runs on, for a person.
  public var summary: String { "reference engine: plain Swift, one thread" }
}
