import CaffeCPUEngine
import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine

/// The engines there are, by the names that `--engine` takes.
public enum EngineName: String, CaseIterable, Sendable {
  /// The default: oneDNN and our own kernels, on all cores.
  case cpu
  /// Plain readable Swift on one core: what the others are tested against.
  case reference
  /// The first NVIDIA GPU, with the options of `CUDAOptions()`; other GPUs and options: `CUDAEngine`, `GPUs`.
  case cuda
}

extension EngineName {
  /// Makes the engine; `threads` limits how many threads it uses. Without, CAFFE_NUM_THREADS does for `cpu`, or else all cores are used.
  ///
  /// - Throws: `CaffeError` of code `value` where either is no number from 1 to 1024, and where there is no GPU for `cuda`.
  public func make(threads: Int? = nil) throws -> any Engine {
    if let threads, !CPUEngine.possibleThreads.contains(threads) {
      throw CaffeError(.value, "\(threads) threads to compute with; give 1 to \(CPUEngine.possibleThreads.upperBound)")
    }
    switch self {
    case .cpu: return CPUEngine(threads: try threads ?? CPUEngine.threadsOfEnvironment())
    case .reference: return ReferenceEngine()
    case .cuda: return try CUDAEngine()
    }
  }

  /// The engines that can be used on this machine.
  public static var usable: [EngineName] { allCases.filter { (try? $0.make()) != nil } }
}
