import CKernels

/// `caffe_parallel` for a closure of Swift's, which comes as a function and its context: to store it would take memory every time.
@_silgen_name("caffe_parallel_closure")
private func caffe_parallel_closure(_ tasks: Int, _ threads: Int32, _ body: (_ task: Int, _ thread: Int) -> Void)

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
  /// Parts that a thread's share has at most.
  private static let partsOfAThread = 4

  /// Calls `body` once for each task, with the thread that it is on, one of `0..<count`.
  ///
  /// Which thread that is may change from call to call: what a task computes must not depend on it.
  func each(_ tasks: Int, _ body: (_ task: Int, _ thread: Int) -> Void) {
    guard !rehearses else { return }
    guard tasks > 1, count > 1 else {
      for task in 0..<tasks { body(task, 0) }
      return
    }
    caffe_parallel_closure(tasks, Int32(count), body)
  }

  /// Calls `body` once for each task.
  func each(_ tasks: Int, _ body: (_ task: Int) -> Void) {
    each(tasks) { task, _ in body(task) }
  }

  /// Calls `body` with parts of `0..<items`, which begin at multiples of `multiple`; with all of it where the items, of
  /// `bytes` bytes each, are too few to share out.
  func split(_ items: Int, bytes: Int = 4, multiple: Int = 16, _ body: (_ first: Int, _ last: Int) -> Void) {
    guard items > 0, !rehearses else { return }
    guard count > 1 else { return body(0, items) }
    let worthwhile = items.multipliedReportingOverflow(by: bytes).partialValue / Workers.inlineBytes + 1
    let units = (items - 1) / multiple + 1
    let most = min(worthwhile, units)
    // As many for each thread, so that one that is held up leaves some to the others.
    let parts = most < 2 * count ? min(most, count) : min(most / count, Workers.partsOfAThread) * count
    guard parts > 1 else { return body(0, items) }
    each(parts) { part in
      body(units * part / parts * multiple, min(units * (part + 1) / parts * multiple, items))
    }
  }
}

extension Int {
  /// The smallest multiple of `step` that isn't smaller.
  func roundedUp(to step: Int) -> Int { (self + step - 1) / step * step }
}
