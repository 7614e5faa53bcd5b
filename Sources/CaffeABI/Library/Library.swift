import CCaffe
import Caffe
import Logging
import Synchronization

/// What is set for the whole library: what nets made from now on are made with.
package final class Library: Sendable {
  static let shared = Library()

  /// Where nets compute.
  package enum Mode { case cpu, gpu }

  private struct Settings: @unchecked Sendable {
    var seed: UInt64?
    var netsOfSeed: UInt64 = 0
    var threads: Int?
    var mode = Mode.cpu
    var device = 0
    var layerTypes: [String: RegisteredLayerType] = [:]
  }

  private let settings = Mutex(Settings())
  /// The machine's GPUs; tests put others in.
  private let gpus: GPUs
  let log = CallbackLog()
  /// Strings that are valid for ever.
  let strings = CStrings()

  package init(gpus: GPUs = GPUs()) { self.gpus = gpus }

  func setSeed(_ seed: UInt64?) {
    settings.withLock { ($0.seed, $0.netsOfSeed) = (seed, 0) }
  }

  func setThreads(_ threads: Int?) { settings.withLock { $0.threads = threads } }

  /// Has the nets made from now on compute on the CPU or on the GPU that is set.
  ///
  /// - Throws: `CaffeError` when there is no such GPU; all stays as it was then.
  package func setMode(_ mode: Mode) throws {
    if mode == .gpu { _ = try gpus.ordinals(.numbered([settings.withLock { $0.device }])) }
    settings.withLock { $0.mode = mode }
  }

  /// Sets which GPU the nets made from now on compute on, if they do.
  ///
  /// - Throws: `CaffeError` when there is no such GPU; all stays as it was then.
  package func setDevice(_ device: Int) throws {
    _ = try gpus.ordinals(.numbered([device]))
    settings.withLock { $0.device = device }
  }

  func register(_ type: RegisteredLayerType) { settings.withLock { $0.layerTypes[type.name] = type } }

  /// The names of the layer types, sorted.
  var layerTypeNames: [String] {
    let own = settings.withLock { Array($0.layerTypes.keys) }
    return Set(LayerRegistry.standard.names + own).sorted()
  }

  /// What a net or solver that `owner` owns is built with.
  func context(_ phase: Phase, owner: Owner) throws -> Context {
    let now = settings.withLock { settings in
      defer { settings.netsOfSeed &+= 1 }
      return settings
    }
    var registry = LayerRegistry.standard
    addLayerTypes(to: &registry, owner: owner)
    // The golden ratio's bits: seeds that follow from one are far from those of its neighbours.
    let seed = now.seed.map { $0 &+ now.netsOfSeed &* 0x9E37_79B9_7F4A_7C15 }
    var context = Context(
      engine: try engine(), phase: phase, registry: registry,
      random: RandomSource(seed: seed), logger: log.logger)
    // Callers look at every blob, write to it, and go on from any layer.
    context.fusesLayers = false
    return context
  }

  /// What nets compute on that are made now; one for each owner, since nets of different ones compute at the same time.
  package func engine() throws -> any Engine {
    let (mode, device, threads) = settings.withLock { ($0.mode, $0.device, $0.threads) }
    return mode == .gpu
      ? try gpus.engine(device, logger: log.logger) : try EngineName.cpu.make(threads: threads)
  }

  /// Adds the layer types that were registered.
  func addLayerTypes(to registry: inout LayerRegistry, owner: Owner) {
    for type in settings.withLock({ Array($0.layerTypes.values) }) {
      registry.register(CallbackLayer.self, as: type.name) {
        try CallbackLayer($0, context: $1, type: type, owner: owner)
      }
    }
  }
}

/// What a program in Swift takes from the C interface.
package enum RegisteredLayerTypes {
  /// Adds the layer types that were registered by `caffe_register_layer`.
  package static func add(to registry: inout LayerRegistry) {
    Library.shared.addLayerTypes(to: &registry, owner: Owner())
  }
}
