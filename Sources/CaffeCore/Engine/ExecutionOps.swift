/// When things are computed. An engine for a device of its own takes operations down and does them later, so results and what went wrong
/// come later, too; an engine that computes at once has nothing to do here.
public protocol ExecutionOps {
  /// Whether operations are done later, so that to read a result means to wait for all before it.
  var isDeferred: Bool { get }

  /// Says that the operations that follow belong to `place`, a layer's name, for errors that come later.
  func begin(_ place: String)

  /// Starts what was asked for up to now, without waiting for it.
  func submit()

  /// Throws what is known to have gone wrong, without waiting.
  ///
  /// - Throws: `CaffeError`, the same at each call from then on: the engine does nothing more.
  func check() throws

  /// Waits until all that was asked for is done.
  ///
  /// - Throws: As `check` does.
  func finish() throws

  /// The moment at which all that was asked for up to now is done.
  func moment() -> any EngineMoment
}

/// A point in the time in which an engine does things.
public protocol EngineMoment {
  /// The time from `earlier`, a moment of the same engine, to this one; waits until both have come.
  func duration(since earlier: any EngineMoment) -> Duration
}

/// A moment of an engine that computes at once: the time at which it was asked for.
public struct HostMoment: EngineMoment {
  private let instant = ContinuousClock.now

  /// Now.
  public init() {}

  /// The time from `earlier` to this one.
  public func duration(since earlier: any EngineMoment) -> Duration {
    guard let earlier = earlier as? HostMoment else { return .zero }
    return earlier.instant.duration(to: instant)
  }
}

/// An engine that computes at once.
public protocol ImmediateEngine: ExecutionOps {}

extension ImmediateEngine {
  /// No.
  public var isDeferred: Bool { false }
  /// Nothing to do: errors come at once.
  public func begin(_ place: String) {}
  /// Nothing to do.
  public func submit() {}
  /// Nothing to do.
  public func check() {}
  /// Nothing to do.
  public func finish() {}
  /// Now.
  public func moment() -> any EngineMoment { HostMoment() }
}
