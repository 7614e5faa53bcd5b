import CCUDA
import CaffeCore
import Synchronization

/// Means over the devices of this machine, by NCCL.
public final class NCCLCommunicator: Communicator {
  /// What all ranks of one communicator are made with.
  public struct Identifier: Sendable {
    fileprivate let value: caffe_nccl_id

    /// Makes one, on the rank that hands it to the others.
    ///
    /// - Throws: `CaffeError` when NCCL isn't there.
    public init(of engine: CUDAEngine) throws {
      var value = caffe_nccl_id()
      try NCCLCommunicator.check(try engine.device.libraries.requiredNCCL().getUniqueId(&value), "begin")
      self.value = value
    }
  }

  /// Which of the ranks this one is.
  public let rank: Int
  /// How many there are.
  public let count: Int

  private let engine: CUDAEngine
  private let nccl: caffe_nccl_table
  private let comm: caffe_nccl_comm

  /// Joins the others: waits until all have come.
  ///
  /// - Throws: `CaffeError` when NCCL can't begin.
  public init(_ engine: CUDAEngine, _ identifier: Identifier, rank: Int, count: Int) throws {
    self.engine = engine
    self.rank = rank
    self.count = count
    nccl = try engine.device.libraries.requiredNCCL()
    engine.device.makeCurrent()
    var made: caffe_nccl_comm?
    try NCCLCommunicator.check(nccl.commInitRank(&made, Int32(count), identifier.value, Int32(rank)), "join the others")
    guard let made else { throw CaffeError(.unsupported, "NCCL gives no communicator") }
    comm = made
  }

  deinit {
    engine.device.makeCurrent()
    _ = engine.device.libraries.cuda.streamSynchronize(engine.device.stream)
    lifetime.end { [nccl, comm] in _ = nccl.commDestroy(comm) }
  }

  /// Gives every rank the values of rank 0.
  public func broadcast(_ buffers: [Buffer]) throws {
    each(buffers, "broadcast") { [nccl, comm] address, count, stream in
      nccl.broadcast(address, address, count, CAFFE_NCCL_FLOAT.status, 0, comm, stream)
    }
    try engine.check()
  }

  /// Gives every rank the mean over all.
  public func average(_ buffers: [Buffer]) throws {
    each(buffers, "average") { [nccl, comm] address, count, stream in
      nccl.allReduce(
        address, address, count, CAFFE_NCCL_FLOAT.status, CAFFE_NCCL_AVERAGE.status, comm, stream)
    }
    try engine.check()
  }

  /// Ends all that this rank waits for of the others, as one of them can't go on; may be called on any thread, as long as the
  /// communicator lives.
  public var abort: @Sendable () -> Void {
    let held = Held(nccl: nccl, comm: comm)
    return { [weak lifetime] in lifetime?.end { _ = held.nccl.commAbort(held.comm) } }
  }

  private struct Held: @unchecked Sendable {
    let nccl: caffe_nccl_table
    let comm: caffe_nccl_comm
  }

  /// What lives as long as the communicator, which ends once: an abort leaves nothing to destroy.
  private final class Lifetime: Sendable {
    private let isOver = Mutex(false)

    func end(_ body: () -> Void) {
      isOver.withLock { isOver in
        if !isOver { body() }
        isOver = true
      }
    }
  }
  private let lifetime = Lifetime()

  /// Asks for one operation on all buffers, as one group, at once: it isn't part of a graph, as all ranks would have to capture it alike, and
  /// each decides by itself what becomes a graph.
  private func each(
    _ buffers: [Buffer], _ name: String, _ body: (UInt64, Int, caffe_cu_stream) -> Int32
  ) {
    let device = engine.device
    let places = buffers.filter { $0.count > 0 }.map { (address: engine.update($0), count: $0.count) }
    device.submit()
    guard device.failure == nil else { return }
    var status = nccl.groupStart()
    for place in places where status == 0 { status = body(place.address, place.count, device.stream) }
    let ended = nccl.groupEnd()
    if status == 0 { status = ended }
    guard status != 0 else { return }
    device.fail(
      CaffeError(
        .unsupported,
        "device \(device.ordinal) (\(device.name)): NCCL's \(name) failed with \(device.libraries.describe(status, of: .nccl))"))
  }

  fileprivate static func check(_ status: Int32, _ what: String) throws {
    guard status != 0 else { return }
    throw CaffeError(.unsupported, "NCCL can't \(what): error \(status); NCCL_DEBUG=WARN tells more")
  }
}

extension CUDALibraries {
  func requiredNCCL() throws -> caffe_nccl_table {
    if let nccl { return nccl }
    throw CaffeError(
      .unsupported,
      "several GPUs need NVIDIA's NCCL, and libnccl.so.2 wasn't found; install it (pip install nvidia-nccl-cu13) and name its file in "
        + "CAFFE_NCCL_PATH, or train on one GPU")
  }
}
