import ArgumentParser
import Caffe

/// Flags about what is seen while a net trains.
struct ProgressFlags: ParsableArguments {
  /// When there is a line that is written over.
  enum Mode: String, ExpressibleByArgument, CaseIterable {
    case auto, always, never
  }

  @Option(help: "The line of progress below the log: auto (on a terminal, and CI isn't set), always or never.")
  var progress: Mode = .auto

  /// Sets `solver` up.
  ///
  /// - Returns: The line, where there is to be one.
  func apply(to solver: Solver, _ session: Session, isQuiet: Bool) -> TrainingProgress? {
    let environment = TerminalEnvironment(session.environment)
    guard progress == .always || (progress == .auto && environment.isLive && !isQuiet) else { return nil }
    let line = TrainingProgress(session.terminal, environment, solver: solver)
    solver.observers.append(line)
    return line
  }
}
