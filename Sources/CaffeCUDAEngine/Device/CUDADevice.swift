import CCUDA
import CaffeCore
import Logging

/// A device: its memory, its kernels, and what it was asked to do. One thread at a time.
package final class CUDADevice {
  /// Which of the machine's devices.
  package let ordinal: Int
  /// What its maker calls it.
  package let name: String
  /// Its kind, 9.0 as 90.
  package let capability: Int
  /// How many multiprocessors it has.
  let multiprocessors: Int
  /// How many copies there were between host and device.
  package internal(set) var copies = CopyCount()
  /// How many kernels and calls of libraries were begun, those in graphs counted each time.
  package internal(set) var started = 0
  /// How many times values were brought into another order.
  package internal(set) var reorders = 0
  /// The form of what it does.
  package let options: CUDAOptions

  /// Its memory.
  package let pool: DevicePool

  let libraries: CUDALibraries
  let kernels: KernelLibrary
  let stream: caffe_cu_stream
  let copyStream: caffe_cu_stream
  let blas: caffe_cublas
  /// What matrix products have room in: without it each that is captured into a graph takes memory of its own there.
  private let blasRoom: DeviceMemory
  /// Nothing where cuDNN isn't there, or can't be used.
  let dnn: caffe_cudnn?
  let logger: Logger

  private let device: caffe_cu_device
  private let context: caffe_cu_context
  var queue = WorkQueue()
  var graphs = GraphCache()
  package internal(set) var usesGraphs: Bool
  /// The number of the submission that is being put together.
  var submission: UInt64 = 1
  /// The memory that the next operation uses.
  var touched: [DeviceMemory] = []
  /// One for each of the last submissions, recorded after it.
  let submitted: [caffe_cu_event]
  /// Copies that the next submission must wait for.
  var awaited: [caffe_cu_event] = []
  let smallStaging: StagingRing
  let largeStaging: StagingRing
  /// What went wrong first; nothing is done any more then.
  var failure: CaffeError?
  /// Tells what is wrong with other devices that this one waits for, where it does.
  var watch: (() -> CaffeError?)?
  /// Who asks for what is asked.
  var places = Places()
  let faults: FaultReport
  var scratch: ReductionScratch?
  /// What operations share that need room for a while.
  var workspace: DeviceMemory?
  /// How passes of convolutions go, as trials showed.
  var convolutionWays: [ConvolutionPass: ConvolutionWay] = [:]

  /// Opens device `ordinal`.
  ///
  /// - Throws: `CaffeError` when there is no such device or it can't be used.
  package init(
    _ libraries: CUDALibraries, ordinal: Int = 0, options: CUDAOptions = CUDAOptions(), logger: Logger = .silent
  )
    throws
  {
    let opening = try DeviceOpening(libraries, ordinal: ordinal)
    self.libraries = libraries
    self.ordinal = ordinal
    self.options = options
    self.logger = logger
    name = opening.name
    capability = opening.capability
    multiprocessors = opening.multiprocessors
    device = opening.device
    context = opening.context
    stream = try opening.makeStream()
    copyStream = try opening.makeStream()
    submitted = try (0..<8).map { _ in try opening.makeEvent() }
    pool = DevicePool(libraries, isPooling: options.poolsMemory)
    blasRoom = try opening.makeBlasRoom(pool)
    blas = try opening.makeBlas(stream, blasRoom, usesTF32: options.usesTF32)
    dnn = opening.makeDNN(stream, logger)
    kernels = KernelLibrary(
      libraries, context: opening.context,
      compiler: KernelCompiler(libraries, architecture: "sm_\(opening.capability)", cache: options.kernelCache))
    usesGraphs = options.usesGraphs
    smallStaging = StagingRing(libraries.cuda, slots: 16)
    largeStaging = StagingRing(libraries.cuda, slots: 3)
    faults = try FaultReport(pool, opening)
    try libraries.check(
      libraries.cuda.setWords(faults.memory.address, 0, FaultReport.words, stream), "clear its memory")
  }

  deinit {
    _ = libraries.cuda.contextSetCurrent(context)
    _ = libraries.cuda.streamSynchronize(copyStream)
    _ = libraries.cuda.streamSynchronize(stream)
    graphs.removeAll()
    _ = libraries.cublas.destroy(blas)
    if let dnn { _ = libraries.cudnn?.destroy(dnn) }
    // Their events are of the streams.
    smallStaging.removeAll()
    largeStaging.removeAll()
    for event in submitted { _ = libraries.cuda.eventDestroy(event) }
    _ = libraries.cuda.streamDestroy(copyStream)
    _ = libraries.cuda.streamDestroy(stream)
    _ = libraries.cuda.primaryContextRelease(device)
  }

  /// Has the calling thread work with this device.
  package func makeCurrent() { _ = libraries.cuda.contextSetCurrent(context) }

  /// Remembers the first thing that went wrong.
  func fail(_ error: CaffeError) {
    guard failure == nil else { return }
    failure = error
    queue.removeAll()
  }

  /// Remembers that a function of the driver didn't succeed; says whether it did.
  func succeeds(_ status: Int32, _ what: @autoclosure () -> String) -> Bool {
    guard status != 0 else { return true }
    fail(CaffeError(.unsupported, "device \(ordinal) (\(name)) can't \(what()): \(libraries.describe(status))"))
    return false
  }
}

/// How a device is used.
public struct CUDAOptions: Hashable, Sendable {
  /// Whether products round their factors to ten bits of mantissa, on tensor cores: faster, with about three right digits.
  public var usesTF32 = false
  /// Whether only methods are used that give the same results to the bit each time.
  public var isDeterministic = false
  /// Whether submissions that come again are made into graphs.
  public var usesGraphs = true
  /// How many kernels are worth a graph.
  package var shortestGraph = 4
  /// Whether nothing is computed, copied or compiled: only memory is taken.
  package var rehearses = false
  /// Whether the ways that a convolution may be computed are tried when it is first asked for, and the quickest is kept.
  package var triesConvolutions = true
  /// Whether memory is asked of the driver in large pieces.
  package var poolsMemory = true
  /// The bytes that operations may take of the device for a while.
  package var workspaceLimit = 512 << 20
  /// Where compiled kernels are kept.
  package var kernelCache = KernelCompiler.standardCache

  /// Makes options: single precision, graphs.
  public init() {}
}

/// How many copies there were, and of how many bytes.
package struct CopyCount: Hashable, Sendable {
  package var toDevice = 0
  package var toHost = 0
  package var bytesToDevice = 0
  package var bytesToHost = 0
}
