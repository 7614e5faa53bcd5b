import ArgumentParser
import Caffe

/// The names of the flags that take no value: `--shuffle`, `--noshuffle`, `--shuffle=false`.
let booleanFlags: Set<String> = [
  "logtostderr", "alsologtostderr", "lenient", "forward_only", "json", "dry_run", "gray", "shuffle", "check_size",
  "encoded", "force", "epoch", "strict", "page", "check", "in_place", "i", "w", "fuse", "log", "quiet", "allow_python",
  "explain", "tf32", "deterministic", "graph"
]

/// Flags about the log; they are glog's.
struct LogFlags: ParsableArguments {
  @Option(name: .customLong("log_dir"), help: "Write log files there too; the folder is made if missing.")
  var logDirectory: String?
  @Option(name: .customLong("logtostderr"), help: "Log to standard error only, whatever --log_dir says.")
  var toStandardError: Bool?
  @Option(name: .customLong("alsologtostderr"), help: "Log to standard error beside the files (default: true).")
  var alsoToStandardError: Bool?
  @Option(name: .customLong("stderrthreshold"), help: "Always log this level and above to standard error: 0 to 3.")
  var standardErrorThreshold: Int?
  @Option(name: .customLong("minloglevel"), help: "The least level: 0 info, 1 warning, 2 error, 3 fatal.")
  var minimumLevel: Int?
  @Option(name: .customLong("v"), help: "More detail from 1 on.")
  var verbosity: Int?
  @Option(help: "Log warnings and errors only, and show no progress.")
  var quiet: Bool = false

  /// The settings of these flags, over those of `environment`.
  func settings(environment: [String: String]) -> LogSettings {
    var settings = LogSettings(environment: environment)
    settings.directory = logDirectory.flatMap { $0.isEmpty ? nil : $0 } ?? settings.directory
    settings.toStandardError = toStandardError ?? settings.toStandardError
    settings.alsoToStandardError = alsoToStandardError ?? settings.alsoToStandardError
    settings.standardErrorThreshold = standardErrorThreshold ?? settings.standardErrorThreshold
    settings.minimumLevel = minimumLevel ?? (quiet ? max(1, settings.minimumLevel) : settings.minimumLevel)
    settings.verbosity = verbosity ?? settings.verbosity
    return settings
  }
}

/// Flags about what computes, and how strictly files are read.
struct MachineFlags: ParsableArguments {
  @OptionGroup var gpus: GPUFlags
  @Option(help: "What computes: cpu (default), cuda (the first GPU), or reference (plain and slow).")
  var engine: EngineName?
  @Option(help: "How many threads compute (default: all cores).")
  var threads: Int?
  @Option(help: "Compute neighbouring layers at once where that changes numbers by rounding only (default: true).")
  var fuse: Bool = true
  @Option(
    name: .customLong("data_threads"),
    help:
      "On how many threads each data layer reads and decodes ahead (default: one, or all cores where there are pictures to decode)."
  )
  var dataThreads: Int?
  @Option(
    name: .customLong("cache"),
    help: "Where the records of small databases are kept: device is the GPU's memory (default: none).")
  var recordCache = RecordCachePolicy.none
  @Option(help: "Skip fields that the schema doesn't have, with a warning (default: an error).")
  var lenient: Bool = false

  @Option(
    name: .customLong("allow_python"),
    help: "Run layers of type Python, with the Python that is found (default: an error).")
  var allowPython: Bool = false

  /// What to do with fields that the schema doesn't have.
  var unknownFields: UnknownFieldPolicy { lenient ? .lenient : .error }

  func validate() throws {
    if let list = gpus.list, let engine, engine != .cuda {
      throw ValidationError("--gpu=\(list) and --engine=\(engine): give one of them")
    }
    if let threads, !CPUEngine.possibleThreads.contains(threads) {
      throw ValidationError("--threads=\(threads): give 1 to \(CPUEngine.possibleThreads.upperBound)")
    }
    if let dataThreads, !(1...1024).contains(dataThreads) {
      throw ValidationError("--data-threads=\(dataThreads): give 1 to 1024")
    }
  }
}

/// Flags about the net and its state.
struct NetFlags: ParsableArguments {
  @Option(help: "The net, a prototxt.")
  var model: String?
  @Option(help: "Weights files, separated by commas: layers are matched by name.")
  var weights: String?
  @Option(help: "How many iterations are run.")
  var iterations: Int = 50
  @Option(help: "The phase: TRAIN or TEST.")
  var phase: String?
  @Option(help: "The level of the net's state.")
  var level: Int?
  @Option(help: "The stages of the net's state, separated by commas.")
  var stage: String?

  func validate() throws {
    if iterations < 1 { throw ValidationError("--iterations=\(iterations): give 1 or more") }
    if let level, Int32(exactly: level) == nil { throw ValidationError("--level=\(level) is out of range") }
    if let phase, !["TRAIN", "TEST", ""].contains(phase) {
      throw ValidationError("--phase=\(phase): phase must be \"TRAIN\" or \"TEST\"")
    }
  }

  /// The weights files, in order.
  var weightFiles: [String] { NetFlags.list(weights) }
  /// The stages.
  var stages: [String] { NetFlags.list(stage) }

  /// The phase that is asked for, else `fallback`.
  func phase(or fallback: Phase) -> Phase {
    switch phase {
    case "TRAIN": .train
    case "TEST": .test
    default: fallback
    }
  }

  private static func list(_ text: String?) -> [String] { text?.split(separator: ",").map(String.init) ?? [] }
}

/// Flags about a training run.
struct TrainFlags: ParsableArguments {
  @Option(help: "The solver, a prototxt.")
  var solver: String?
  @Option(help: "A .solverstate to go on from.")
  var snapshot: String?
  @Option(name: .customLong("sigint_effect"), help: "What Ctrl-C does: stop (with a snapshot), snapshot or none.")
  var interruptEffect: SignalEffect = .stop
  @Option(name: .customLong("sighup_effect"), help: "What a hang-up signal does: stop, snapshot or none.")
  var hangUpEffect: SignalEffect = .snapshot
  @OptionGroup var checks: CheckFlags
  @OptionGroup var ending: EarlyStopFlags
  @OptionGroup var snapshots: SnapshotFlags
  @OptionGroup var start: WeightsFlags
  @OptionGroup var record: RecordFlags
  @OptionGroup var progress: ProgressFlags
}

/// What a signal does to a training run.
enum SignalEffect: String, ExpressibleByArgument, CaseIterable, Sendable {
  case stop, snapshot, none
}

extension EngineName: ExpressibleByArgument {}

extension RecordCachePolicy: ExpressibleByArgument {}
