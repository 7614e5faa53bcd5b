import ArgumentParser
import Caffe
import Foundation

/// `caffe report`: a page about a run.
struct ReportCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Makes a page of a training: one HTML file with curves, mistakes, filters and settings.",
    discussion: """
      Of a file of caffe train --metrics it knows the net, its data and the last weights, and runs them on the test set. Of a log it \
      draws the curves; --model and --weights give the rest.
      """)

  @Argument(help: "A metrics file, or a log.")
  var file: String
  @Option(help: "The page.")
  var out = "report.html"
  @Option(help: "The net (default: the run's own).")
  var model: String?
  @Option(help: "The weights (default: those of the run's last snapshot).")
  var weights: String?
  @Option(help: "How many batches of the test set are looked at (default: the solver's test_iter, or 50).")
  var iterations: Int?
  @Option(help: "The names of the classes, one a line.")
  var labels: String?
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if let iterations, iterations < 1 { throw ValidationError("--iterations=\(iterations): give 1 or more") }
  }

  func run(_ session: Session) throws {
    let run = try RunFile.read(file)
    session.note(run, file: file)
    var report = RunReport(run)
    report.labels = try labels.map { try ClassLabels($0).names } ?? []
    if run.settings != nil || model != nil || weights != nil { look(&report, session) }
    let page = try report.html()
    try AtomicFile.write(to: out) { try $0.write(Array(page.utf8)) }
    Platform.write("\(out)\n", to: Platform.standardOutput)
  }

  /// Runs the net on its test set. Data or weights may have gone since; the page then says so.
  private func look(_ report: inout RunReport, _ session: Session) {
    do {
      var quiet = session
      // The log of building a net would bury what there is to say.
      quiet.logger.logLevel = .warning
      let context = try quiet.context(machine, phase: .test)
      let made = try RunNet(
        of: report.run, model: model.map(absolute), weights: weights.map(absolute), context: context)
      report.filters = made.net.filterPicture()
      report.weights = made.weights
      report.testSet = .success(try TestSetEvaluation(made.net).run(batches: iterations ?? made.batches ?? 50))
    } catch {
      let reason = error as? CaffeError ?? CaffeError(.value, "\(error)")
      session.logger.warning("The page has nothing of the test set: \(reason)", at: "report.cpp:1")
      report.testSet = .failure(reason)
    }
  }

  /// What a flag names counts from here, not from where the run was started.
  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }
}
