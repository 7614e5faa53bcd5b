import CCUDA
import CaffeCore

/// Means over the devices of this machine, by NCCL.
public final class NCCLCommunicator: Communicator {
  /// Which of the ranks this one is.
  public let rank: Int
  /// How many there are.
  public let count: Int

  private let engine: CUDAEngine
  private let link: NCCLLink

  private init(_ engine: CUDAEngine, _ nccl: caffe_nccl_table, _ comm: caffe_nccl_comm, rank: Int, count: Int) {
    self.engine = engine
    self.rank = rank
    self.count = count
    link = NCCLLink(nccl, comm)
    let (ordinal, name, libraries) = (engine.device.ordinal, engine.device.name, engine.device.libraries)
    engine.device.watch = { [link] in
      link.fault.map {
        CaffeError(
          .unsupported,
          "device \(ordinal) (\(name)): NCCL has lost another GPU: \(libraries.describe($0, of: .nccl)); NCCL_DEBUG=WARN tells more"
        )
      }
    }
  }

  /// Joins engines, each a rank, in their order. Where one can't join, none does: nobody waits for it.
  ///
  /// - Throws: `CaffeError` when NCCL isn't there or can't begin.
  public static func joining(_ engines: [CUDAEngine]) throws -> [NCCLCommunicator] {
    guard let libraries = engines.first?.device.libraries else { return [] }
    let nccl = try libraries.requiredNCCL()
    engines[0].device.makeCurrent()
    var made = [caffe_nccl_comm?](repeating: nil, count: engines.count)
    let status = nccl.commInitAll(&made, Int32(engines.count), engines.map { Int32($0.ordinal) })
    guard status == 0 else {
      let names = engines.map { "\($0.ordinal)" }.joined(separator: ", ")
      throw CaffeError(
        .unsupported,
        "NCCL can't join GPUs \(names): \(libraries.describe(status, of: .nccl)); NCCL_DEBUG=WARN tells more")
    }
    return try zip(engines, made).enumerated().map { rank, pair in
      guard let comm = pair.1 else { throw CaffeError(.unsupported, "NCCL gives no communicator") }
      return NCCLCommunicator(pair.0, nccl, comm, rank: rank, count: engines.count)
    }
  }

  deinit {
    engine.device.makeCurrent()
    _ = engine.device.waitForStream()
    engine.device.watch = nil
    link.destroy()
  }

  /// Gives every rank the values of rank 0.
  public func broadcast(_ buffers: [Buffer]) throws {
    each(buffers, "broadcast") { nccl, comm, address, count, stream in
      nccl.broadcast(address, address, count, CAFFE_NCCL_FLOAT.status, 0, comm, stream)
    }
    try engine.check()
  }

  /// Gives every rank the mean over all.
  public func average(_ buffers: [Buffer]) throws {
    each(buffers, "average") { nccl, comm, address, count, stream in
      nccl.allReduce(
        address, address, count, CAFFE_NCCL_FLOAT.status, CAFFE_NCCL_AVERAGE.status, comm, stream)
    }
    try engine.check()
  }

  /// Ends all that this rank waits for of the others, as one of them can't go on; may be called on any thread, as long as the
  /// communicator lives.
  public var abort: @Sendable () -> Void { { [weak link] in link?.abort() } }

  /// Asks for one operation on all buffers, as one group, at once: it isn't part of a graph, as all ranks would have to capture it alike, and
  /// each decides by itself what becomes a graph.
  private func each(
    _ buffers: [Buffer], _ name: String,
    _ body: (caffe_nccl_table, caffe_nccl_comm, UInt64, Int, caffe_cu_stream) -> Int32
  ) {
    let device = engine.device
    let places = buffers.filter { $0.count > 0 }.map { (address: engine.update($0), count: $0.count) }
    device.submit()
    guard device.failure == nil else { return }
    device.makeCurrent()
    let status = link.use { nccl, comm in
      var status = nccl.groupStart()
      for place in places where status == 0 { status = body(nccl, comm, place.address, place.count, device.stream) }
      let ended = nccl.groupEnd()
      return status == 0 ? ended : status
    }
    device.submitDirectly()
    guard let status else { return device.fail(CaffeError(.unsupported, "another GPU has failed")) }
    guard status != 0 else { return }
    device.fail(
      CaffeError(
        .unsupported,
        "device \(device.ordinal) (\(device.name)): NCCL's \(name) failed with \(device.libraries.describe(status, of: .nccl))"
      ))
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
