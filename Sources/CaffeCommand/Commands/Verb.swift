import ArgumentParser
import Caffe
import CaffePython
import Logging

/// A command that this program runs.
protocol Verb: ParsableCommand {
  /// Its flags about the log.
  var log: LogFlags { get }

  /// Does the work; what it throws is printed on one line.
  func run(_ session: Session) throws
}

/// Thrown by a command that has printed what is wrong: the exit status is that of a failure, and nothing more is said.
struct SaidAlready: Error {}

/// What a command is run with.
struct Session {
  /// Where the log goes.
  var logger: Logger
  /// The variables of the environment.
  var environment: [String: String]
  /// The line below the log.
  var terminal = TerminalLine()
  /// The machine's GPUs.
  var gpus = GPUs()

  /// A logger call for what a reader of files has to tell.
  func note(_ note: ReadingNote) {
    switch note.level {
    case .info: logger.info("\(note)", at: "upgrade_proto.cpp:67")
    case .warning: logger.warning("\(note)", at: "upgrade_proto.cpp:69")
    case .error: logger.error("\(note)", at: "upgrade_proto.cpp:71")
    }
  }

  /// What the verb computes with, as `machine` says.
  func context(_ machine: MachineFlags, phase: Phase) throws -> Context {
    try context(machine, phase: phase, engine: try engine(machine))
  }

  /// The same with an engine that was made.
  func context(_ machine: MachineFlags, phase: Phase, engine: any Engine) throws -> Context {
    var context = Context(engine: engine, phase: phase, registry: .standard, random: RandomSource(), logger: logger)
    context.fusesLayers = machine.fuse
    context.dataThreads = machine.dataThreads ?? 0
    context.recordCache = machine.recordCache
    if machine.allowPython { try PythonLayers.add(to: &context.registry) }
    return context
  }

  /// Calls `body` with what says whether Ctrl-C or a hang-up has come since; a second Ctrl-C ends the program at once.
  func stoppable<Result>(_ body: (_ shouldStop: () -> Bool) throws -> Result) rethrows -> Result {
    let watcher = SignalWatcher(interrupt: .stop, hangUp: .stop) { Platform.quit(Program.Status.interrupted) }
    var isStopped = false
    return try body {
      isStopped = isStopped || watcher.take() == .stop
      return isStopped
    }
  }
}
