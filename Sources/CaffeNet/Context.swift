import CaffeCore
import CaffeProto
import Logging

/// What a net and its layers work with, passed in: there are no globals.
public struct Context {
  /// What computes.
  public var engine: any Engine
  /// Whether the net trains or tests.
  public var phase: Phase
  /// The source of the random streams, one by name.
  public var random: RandomSource
  /// Where the log goes.
  public var logger: Logger
  /// The layer types there are.
  public var registry: LayerRegistry
  /// What relative paths count from: a folder, or empty for the current one.
  public var baseFolder = ""
  /// Whether nets compute neighbouring layers at once where that changes results by rounding only.
  public var fusesLayers = true
  /// Where data layers keep the records of small databases.
  public var recordCache = RecordCachePolicy.none
  /// Which of several solvers that train together this is for, from 0.
  public var rank = 0
  /// How many solvers train together: each trains on other records.
  public var rankCount = 1
  /// On how many threads each data layer reads and decodes ahead; 0 lets it choose. Results don't depend on it.
  public var dataThreads = 0

  /// Makes a context; by default everything logged is dropped.
  public init(
    engine: any Engine, phase: Phase, registry: LayerRegistry, random: RandomSource = RandomSource(),
    logger: Logger = .silent
  ) {
    self.engine = engine
    self.phase = phase
    self.registry = registry
    self.random = random
    self.logger = logger
  }

  /// The source of random numbers that are others on each rank; `random` gives all ranks the same.
  public var ownRandom: RandomSource {
    rank == 0 ? random : RandomSource(seed: random.seed &+ UInt64(rank) &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Which records of a sequence are this rank's, where one is trained.
  package var share: RankShare { phase == .train ? RankShare(rank: rank, count: rankCount) : RankShare() }

  /// `path` as the system needs it: counted from the base folder, unless it is absolute.
  ///
  /// Every file that a net or solver names is opened through this.
  public func path(_ path: String) -> String { Context.path(path, from: baseFolder) }

  /// `path`, for use on other threads, with `root` before each path that it is given.
  package func paths(after root: String) -> @Sendable (String) -> String {
    let base = baseFolder
    return { Context.path(root + $0, from: base) }
  }

  private static func path(_ path: String, from base: String) -> String {
    base.isEmpty || path.hasPrefix("/") ? path : "\(base)/\(path)"
  }
}
