import CKernels

/// `caffe_parallel` for a closure of Swift's, which comes as a function and its context: to store it would take memory every time.
@_silgen_name("caffe_parallel_closure")
private func caffe_parallel_closure(_ tasks: Int, _ threads: Int32, _ body: (_ task: Int) -> Void)

/// The threads of libgomp's pool, which oneDNN runs in too: a second pool would fight it for the cores.
struct Workers {
  /// How many threads share the work.
  let count: Int
  /// Whether nothing is computed: see `CPUEngine.rehearsing`.
  var rehearses = false
  /// What operations need for a while.
  let scratch = ScratchPool()

  /// Data below this many bytes isn't worth the handing over.
  private static let inlineBytes = 64 << 10

  /// Calls `body` once for each task, a fixed range of tasks on each thread.
  func each(_ tasks: Int, _ body: (_ task: Int) -> Void) {
    guard !rehearses else { return }
    guard tasks > 1, count > 1 else {
      for task in 0..<tasks { body(task) }
      return
    }
    caffe_parallel_closure(tasks, Int32(count), body)
  }

  /// Calls `body` with parts of `0..<items`, which begin at multiples of `multiple`; with all of it where the items, of
  /// `bytes` bytes each, are too few to share out.
  func split(_ items: Int, bytes: Int = 4, multiple: Int = 16, _ body: (_ first: Int, _ last: Int) -> Void) {
    guard items > 0, !rehearses else { return }
    let parts = min(count, items.multipliedReportingOverflow(by: bytes).partialValue / Workers.inlineBytes + 1)
    guard parts > 1 else { return body(0, items) }
    let part = ((items + parts - 1) / parts).roundedUp(to: multiple)
    each((items + part - 1) / part) { body($0 * part, min(($0 + 1) * part, items)) }
  }
}

extension Int {
  /// The smallest multiple of `step` that isn't smaller.
  func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
