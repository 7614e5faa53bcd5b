import Caffe
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Turns SIGINT and SIGHUP into what a training run is asked to do, to be polled between iterations.
///
/// A second SIGINT after one that stops ends the process at once.
final class SignalWatcher: Sendable {
  private struct State {
    var pending: SignalEffect?
    var stops = 0
  }

  private let state = Mutex(State())
  /// Only made and cancelled, never changed.
  private nonisolated(unsafe) let sources: [any DispatchSourceSignal]

  /// Watches from now on.
  ///
  /// - Parameter quit: Called on the second SIGINT, to end the process.
  init(interrupt: SignalEffect, hangUp: SignalEffect, quit: @escaping @Sendable () -> Void) {
    let queue = DispatchQueue(label: "signals")
    sources = [(SIGINT, interrupt), (SIGHUP, hangUp)].map { number, _ in
      // Without this the system ends the process before anybody is told.
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, effect) in zip(sources, [interrupt, hangUp]) {
      source.setEventHandler { [weak self] in self?.arrive(effect, quit) }
      source.resume()
    }
  }

  /// What was asked for since the last call.
  func take() -> SignalEffect? {
    state.withLock { state in
      defer { state.pending = nil }
      return state.pending
    }
  }

  private func arrive(_ effect: SignalEffect, _ quit: () -> Void) {
    guard effect != .none else { return }
    let again = state.withLock { state in
      if effect == .stop { state.stops += 1 }
      // A stop, once asked for, isn't taken back by a request for a snapshot.
      if state.pending != .stop { state.pending = effect }
      return state.stops > 1
    }
    if again { quit() }
  }

  deinit {
    for source in sources { source.cancel() }
    signal(SIGINT, SIG_DFL)
    signal(SIGHUP, SIG_DFL)
  }
}
