import CaffeCPUEngine
import CaffeCore
import CaffeReferenceEngine

/// The engines there are, by the names that `--engine` takes.
public enum EngineName: String, CaseIterable, Sendable {
  /// The default: oneDNN and our own kernels, on all cores.
  case cpu
  /// Plain readable Swift on one core: what the others are tested against.
  case reference
}

extension EngineName {
  /// Makes the engine; `threads` limits how many threads it uses, all cores without.
  ///
  /// - Throws: `CaffeError` of code `value` for fewer than one thread.
  public func make(threads: Int? = nil) throws -> any Engine {
    if let threads, threads < 1 {
      throw CaffeError(.value, "\(threads) threads to compute with; give 1 or more")
    }
    switch self {
    case .cpu: return CPUEngine(threads: threads)
    case .reference: return ReferenceEngine()
    }
  }
}
