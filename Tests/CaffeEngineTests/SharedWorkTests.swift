import CKernels
import Foundation
import Synchronization
import Testing

/// Work that threads share (`caffe_parallel`).
struct SharedWorkTests {
  /// Which tasks were done, and on which threads.
  private final class Record: Sendable {
    private let done = Mutex<[Int: [Int]]>([:])
    /// A task that goes on only when so many others are done, or after ten seconds.
    private let waiting: (task: Int, others: Int)?

    init(waiting: (task: Int, others: Int)? = nil) {
      self.waiting = waiting
    }

    var threads: [Int: [Int]] { done.withLock { $0 } }

    func run(_ tasks: Int, threads: Int) {
      let body: @convention(c) (UnsafeMutableRawPointer?, Int, Int32) -> Void = { context, task, thread in
        guard let context else { return }
        Unmanaged<Record>.fromOpaque(context).takeUnretainedValue().take(task, Int(thread))
      }
      caffe_parallel(body, Unmanaged.passUnretained(self).toOpaque(), tasks, Int32(threads))
    }

    private func take(_ task: Int, _ thread: Int) {
      if let waiting, task == waiting.task {
        let end = Date(timeIntervalSinceNow: 10)
        while self.threads.count < waiting.others && Date() < end { usleep(100) }
        // Too late for the others is as good as never.
        if self.threads.count < waiting.others { return }
      }
      done.withLock { $0[task, default: []].append(thread) }
    }
  }

  @Test(arguments: [(0, 2), (1, 2), (2, 2), (7, 2), (100, 3), (5, 8)])
  func everyTaskIsDoneOnce(_ tasks: Int, _ threads: Int) {
    let record = Record()
    record.run(tasks, threads: threads)
    #expect(record.threads.keys.sorted() == Array(0..<tasks))
    #expect(record.threads.values.allSatisfy { $0.count == 1 && 0..<threads ~= $0[0] })
  }

  @Test(.enabled(if: caffe_has_pool(), "no pool of threads here"))
  func othersDoWhatAThreadThatIsHeldUpHasNotBegun() {
    let record = Record(waiting: (task: 0, others: 7))
    record.run(8, threads: 2)
    #expect(record.threads.count == 8)
    #expect(Set(record.threads.values.joined()).count == 2)
  }
}
