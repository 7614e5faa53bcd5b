import CaffeCore
import Foundation

/// Where ranks wait for each other: the others for rank 0 to begin an iteration, and rank 0 for them to be ready.
///
/// The first error of any rank ends the training of all.
final class RankGate: @unchecked Sendable {
  private let condition = NSCondition()
  private var ready = 0
  private var begun = 0
  private var isEnded = false
  private var failure: (any Error)?
  /// What ends the waiting of ranks for each other's gradients.
  private var aborts: [@Sendable () -> Void] = []

  /// The first error.
  var error: (any Error)? { condition.withLock { failure } }

  /// Says that one more rank can begin; waits until `count` can.
  ///
  /// - Throws: The error of another rank.
  func waitUntilReady(_ count: Int) throws {
    try condition.withLock {
      ready += 1
      condition.broadcast()
      while ready < count, failure == nil, !isEnded { condition.wait() }
      if let failure { throw failure }
    }
  }

  /// Says what is to be done for ranks that wait for gradients when the training ends before its time; at once if it has.
  func onAbort(_ abort: @escaping @Sendable () -> Void) {
    let hasFailed = condition.withLock {
      aborts.append(abort)
      return failure != nil
    }
    if hasFailed { abort() }
  }

  /// Lets the others do iteration `number`, counted from 1.
  ///
  /// - Throws: The error of another rank.
  func begin(_ number: Int) throws {
    try condition.withLock {
      if let failure { throw failure }
      begun = max(begun, number)
      condition.broadcast()
    }
  }

  /// Waits until rank 0 does iteration `number`; says whether it does.
  func wait(for number: Int) -> Bool {
    condition.withLock {
      while begun < number, !isEnded, failure == nil { condition.wait() }
      return begun >= number && failure == nil
    }
  }

  /// Ends the training after the iterations that were begun.
  func end() {
    condition.withLock {
      isEnded = true
      condition.broadcast()
    }
  }

  /// Ends the training at once.
  func fail(_ error: any Error) {
    let waiting = condition.withLock { () -> [@Sendable () -> Void] in
      guard failure == nil else { return [] }
      failure = error
      condition.broadcast()
      return aborts
    }
    for abort in waiting { abort() }
  }
}
