import CKernels
import COneDNN
import CaffeCore
import Foundation

/// The engine for processors: oneDNN and kernels of our own, on all cores.
///
/// Activations of batches may be kept in lanes, blocks of sixteen images side by side, between one operation and the next;
/// see Documentation/CPUEngine.md. With the same number of threads results are the same from run to run, bit for bit.
public final class CPUEngine: Engine, ImmediateEngine {
  /// "cpu".
  public let name = "cpu"

  let workers: Workers
  /// How every convolution is computed where that is possible; by default a rule decides.
  let convolutionMethod: ConvolutionMethod?

  /// Makes an engine that computes on `threads` threads: by default as many as the environment variable
  /// CAFFE_NUM_THREADS says, or else one for each core.
  public convenience init(threads: Int? = nil) {
    self.init(threads: threads, convolutions: nil)
  }

  /// An engine that takes all the memory that this one takes, but computes nothing: for a `Rehearsal`.
  package var rehearsing: CPUEngine {
    CPUEngine(Workers(count: workers.count, rehearses: true), convolutions: convolutionMethod)
  }

  private init(_ workers: Workers, convolutions: ConvolutionMethod?) {
    self.workers = workers
    convolutionMethod = convolutions
  }

  /// Makes an engine that computes all convolutions by one method where it can: tests hold each to all shapes.
  package convenience init(threads: Int? = nil, convolutions: ConvolutionMethod?) {
    let environment = ProcessInfo.processInfo.environment["CAFFE_NUM_THREADS"].flatMap { Int($0) }
    let wanted = threads ?? environment ?? ProcessInfo.processInfo.activeProcessorCount
    self.init(Workers(count: min(max(wanted, 1), Int(CAFFE_MOST_THREADS))), convolutions: convolutions)
  }

  /// The number of threads, the kind of processor and oneDNN's version.
  public var summary: String {
    let plural = workers.count == 1 ? "thread" : "threads"
    let pool = caffe_has_pool() ? "" : " (no libgomp: own kernels on one)"
    return "\(workers.count) \(plural)\(pool), oneDNN \(String(cString: caffe_dnnl_version()))"
  }
}
