/// The seconds between two displayed iterations, and how many iterations went by.
struct Stopwatch {
  private var start = ContinuousClock.now
  private var iteration: Int?

  /// Starts anew at no iteration in particular.
  mutating func restart() { self = Stopwatch() }

  /// The seconds since the last call or start, and the iterations a second since the last call: 0 in the first one.
  mutating func lap(at iteration: Int) -> (seconds: Float, perSecond: Float) {
    let now = ContinuousClock.now
    let (seconds, fraction) = (now - start).components
    // Microseconds are all that can be read anyhow.
    let microseconds = seconds * 1_000_000 + fraction / 1_000_000_000_000
    let lapse = Float(Double(microseconds) / 1_000_000)
    let count = self.iteration.map { Float(iteration - $0) } ?? 0
    start = now
    self.iteration = iteration
    return (lapse, lapse > 0 ? count / lapse : count)
  }
}
