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

  /// The numbers of threads that an engine can compute on.
  public static let possibleThreads = 1...Int(CAFFE_MOST_THREADS)

  /// The number of threads that the environment variable CAFFE_NUM_THREADS names; `nil` where it isn't set, or is empty.
  ///
  /// - Throws: `CaffeError` of code `value` where it names no possible one.
  public static func threadsOfEnvironment() throws -> Int? {
    guard let text = ProcessInfo.processInfo.environment["CAFFE_NUM_THREADS"], !text.isEmpty else { return nil }
    guard let threads = Int(text), possibleThreads.contains(threads) else {
      throw CaffeError(
        .value, "CAFFE_NUM_THREADS is \"\(text)\"; give 1 to \(possibleThreads.upperBound), or unset it for all cores")
    }
    return threads
  }

  /// Makes an engine that computes on `threads` threads, or the nearest of `possibleThreads`: by default as many as
  /// `threadsOfEnvironment` says, and where that says none one for each core.
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
    let environment = (try? CPUEngine.threadsOfEnvironment()) ?? nil
    let wanted = threads ?? environment ?? ProcessInfo.processInfo.activeProcessorCount
    let possible = CPUEngine.possibleThreads
    self.init(
      Workers(count: min(max(wanted, possible.lowerBound), possible.upperBound)), convolutions: convolutions)
  }

  /// The number of threads, the kind of processor and oneDNN's version.
  public var summary: String {
    let plural = workers.count == 1 ? "thread" : "threads"
    let pool = caffe_has_pool() ? "" : " (no libgomp: own kernels on one)"
    return "\(workers.count) \(plural)\(pool), oneDNN \(String(cString: caffe_dnnl_version()))"
  }
}
