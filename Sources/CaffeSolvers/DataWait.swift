import CaffeNet

/// How much of the time between two displayed iterations the training waited for its data.
struct DataWait {
  private var seen = Duration.zero

  /// What to log of the last `seconds`; nil where waiting took a tenth of them or less, or next to nothing.
  mutating func report(_ net: Net, seconds: Float) -> String? {
    let total = net.timeWaitedForData
    let waited = Float((total - seen) / .seconds(1))
    seen = total
    guard waited > 0.05, waited > seconds / 10 else { return nil }
    let percent = Int((100 * min(1, waited / seconds)).rounded())
    return "Waiting for data: \(percent)% of the time (\(waited.general)s of \(seconds.general)s); "
      + "use more --data-threads, a faster disk, or smaller pictures"
  }
}
