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
