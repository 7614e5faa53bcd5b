import CCUDA
import Foundation

/// A rank's communicator of NCCL's, which ends once: an abort leaves nothing to destroy, and nothing to use.
final class NCCLLink: @unchecked Sendable {
  private let nccl: caffe_nccl_table
  private let comm: caffe_nccl_comm
  private let condition = NSCondition()
  private var isOver = false
  private var users = 0

  init(_ nccl: caffe_nccl_table, _ comm: caffe_nccl_comm) {
    self.nccl = nccl
    self.comm = comm
  }

  /// Runs `body`, which gives a status, unless it is over.
  func use(_ body: (caffe_nccl_table, caffe_nccl_comm) -> Int32) -> Int32? {
    let mayBegin = condition.withLock {
      if !isOver { users += 1 }
      return !isOver
    }
    guard mayBegin else { return nil }
    defer {
      condition.withLock {
        users -= 1
        condition.broadcast()
      }
    }
    return body(nccl, comm)
  }

  /// What is wrong with another rank or the way to it: then nobody waits for this one any more.
  var fault: Int32? {
    var status: Int32 = 0
    let asked = use { nccl, comm in nccl.commGetAsyncError(comm, &status) }
    guard asked == 0, status != 0, status != CAFFE_NCCL_IN_PROGRESS.status else { return nil }
    abort()
    return status
  }

  func abort() { end { _ = nccl.commAbort(comm) } }

  func destroy() { end { _ = nccl.commDestroy(comm) } }

  /// Runs `body` once. It waits a moment for who uses it, but not for one that waits for a rank which will never come: an abort is what
  /// lets that one go.
  private func end(_ body: () -> Void) {
    condition.withLock {
      guard !isOver else { return }
      isOver = true
      let latest = Date(timeIntervalSinceNow: 1)
      while users > 0, condition.wait(until: latest) {}
      body()
    }
  }
}
