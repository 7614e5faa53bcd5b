import Caffe
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Names the seed that is being run when the process traps, crashes or hangs: written to standard error by a signal
/// handler, before the process ends as it would have.
package enum TrapNote {
  private static let seed = Atomic<UInt64>(0)
  private static let signals = [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM]
  /// A net that takes longer hangs.
  private static let secondsForOne: UInt32 = 60

  /// Runs `body` for every seed, with the note in place.
  package static func running(_ seeds: some Sequence<UInt64>, _ body: (UInt64) -> Void) {
    let before = signals.map { signal($0) { number in TrapNote.write(number) } }
    for seed in seeds {
      self.seed.store(seed, ordering: .relaxed)
      alarm(secondsForOne)
      body(seed)
    }
    alarm(0)
    for (number, handler) in zip(signals, before) { signal(number, handler) }
  }

  /// Only what a signal handler may do: no memory is taken.
  private static func write(_ number: Int32) {
    put("\nfuzz: the net of seed ")
    var digits: UInt64 = 1
    let value = seed.load(ordering: .relaxed)
    while value / digits >= 10 { digits *= 10 }
    while digits > 0 {
      var digit = UInt8(48 + value / digits % 10)
      _ = Glibc.write(2, &digit, 1)
      digits /= 10
    }
    put(" trapped or hung; replay it with CAFFE_FUZZ_SEED set to it\n")
    signal(number, SIG_DFL)
    raise(number)
  }

  private static func put(_ text: StaticString) { _ = Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount) }
}
