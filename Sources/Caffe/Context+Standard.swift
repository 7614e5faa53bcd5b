import CaffeCPUEngine
import CaffeCore
import CaffeNet
import CaffeProto
import Logging

extension Context {
  /// Makes a context of the standard parts: the CPU engine on all cores and every layer type that comes with Caffe.
  ///
  /// - Parameters:
  ///   - phase: Whether nets train or test; a solver sets it itself.
  ///   - seed: The seed of all random numbers; the system gives one without.
  ///   - logger: Where the log goes; by default it is dropped.
  public init(phase: Phase = .train, seed: UInt64? = nil, logger: Logger = .silent) {
    self.init(
      engine: CPUEngine(), phase: phase, registry: .standard, random: RandomSource(seed: seed), logger: logger)
  }
}
