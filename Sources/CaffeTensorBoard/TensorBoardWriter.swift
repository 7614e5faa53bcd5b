import CaffeCore
import CaffeData
import CaffeNet
import CaffeSolvers
import Foundation

/// Writes a training's events for TensorBoard: losses, outputs, rate and speed of displayed iterations and tests; now and then how weights and
/// gradients are spread, and the filters of the first layer; and at its start the graph and a text about the run.
///
/// ```swift
/// solver.observers.append(try TensorBoardWriter(folder: "runs/1", solver: solver))
/// ```
///
/// Tags: `train/loss`, `train/rate` and so on, `test/accuracy` (`test1/…` for the second test net), `weights/conv1/0`,
/// `gradients/conv1/0`, `filters/conv1`, `run`.
public final class TensorBoardWriter: SolverObserver {
  private let file: EventFile
  private let histogramInterval: Int
  private var hasWarned = false

  /// Opens a file in `folder` and writes the graph.
  ///
  /// - Parameters:
  ///   - histogramInterval: The number of iterations from one set of histograms and pictures to the next; 0 for none.
  ///   - text: What is said of the run, in Markdown.
  /// - Throws: `CaffeError` of code `file` when the folder can't be written to.
  public init(folder: String, solver: Solver, histogramInterval: Int, text: String = "") throws {
    file = try EventFile(in: solver.net.context.path(folder))
    self.histogramInterval = histogramInterval
    let graph = try GraphDef(solver.net).serializedBytes() as [UInt8]
    try file.add(step: solver.iteration) { $0.graphDef = Data(graph) }
    if !text.isEmpty { try add([.text("run", text)], at: solver.iteration) }
    file.sync()
  }

  private func add(_ values: [Summary.Value], at iteration: Int) throws {
    try file.add(step: iteration) { $0.summary.value = values }
  }

  /// A full disk mustn't end a training: the log says it once.
  private func attempt(_ solver: Solver, _ body: () throws -> Void) {
    do {
      try body()
    } catch {
      if !hasWarned { solver.net.context.logger.warning("TensorBoard misses events: \(error)", at: "solver.cpp:239") }
      hasWarned = true
    }
  }

  // MARK: - SolverObserver

  /// Writes histograms of the weights before the update and of their gradients, and the filters.
  public func solverHasGradients(_ solver: Solver) {
    guard histogramInterval > 0, solver.iteration % histogramInterval == 0 else { return }
    attempt(solver) {
      var values: [Summary.Value] = []
      for parameter in solver.net.learnable {
        let tag = "\(parameter.layer.name)/\(parameter.index)"
        values.append(.histogram("weights/\(tag)", parameter.blob.data.values))
        values.append(.histogram("gradients/\(tag)", parameter.blob.diff.values))
      }
      if let filters = solver.net.filterPicture() {
        values.append(try .image("filters/\(filters.layer)", filters.picture))
      }
      try add(values, at: solver.iteration)
    }
  }

  /// Writes the numbers of an iteration.
  public func solver(_ solver: Solver, displayed report: TrainingReport) {
    var values: [Summary.Value] = [
      .scalar("train/smoothed_loss", report.loss), .scalar("train/rate", report.rate)
    ]
    if report.iterationsPerSecond > 0 {
      values.append(.scalar("train/iterations_per_second", report.iterationsPerSecond))
    }
    values += TensorBoardWriter.scalars("train", report.outputs)
    attempt(solver) { try add(values, at: report.iteration) }
  }

  /// Writes the numbers of a test run.
  public func solver(_ solver: Solver, tested report: TestReport) {
    let group = report.testNet == 0 ? "test" : "test\(report.testNet)"
    var values = TensorBoardWriter.scalars(group, report.outputs)
    if let loss = report.loss { values.append(.scalar("\(group)/whole_loss", loss)) }
    attempt(solver) { try add(values, at: report.iteration) }
    file.sync()
  }

  /// A blob of several values has a tag for each.
  private static func scalars(_ group: String, _ outputs: [OutputValue]) -> [Summary.Value] {
    let counts = Dictionary(outputs.map { ($0.name, 1) }, uniquingKeysWith: +)
    var seen: [String: Int] = [:]
    return outputs.map { output in
      let index = seen[output.name, default: 0]
      seen[output.name] = index + 1
      let isAlone = counts[output.name] == 1
      return .scalar("\(group)/\(output.name)" + (isAlone ? "" : "/\(index)"), output.value)
    }
  }
}
