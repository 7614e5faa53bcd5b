import CaffeCore

/// The points of a run as a table of comma-separated values.
public struct RunTable: Sendable {
  /// Which points it holds.
  public enum Part: Sendable {
    /// The displayed iterations, in the columns of the original's `parse_log.py`.
    case training
    /// The test runs, in the same columns.
    case tests
    /// Both, told apart by a column `phase`, with what else is known.
    case all
  }

  private let header: [String]
  private let rows: [[String]]

  /// Makes the table of `run`.
  public init(_ run: RunHistory, _ part: Part) {
    let isAll = part == .all
    let training = part == .tests ? [] : run.training
    let tests = part == .training ? [] : run.tests
    let names = RunTable.names(training.map(\.outputs) + tests.map(\.outputs))
    let first =
      isAll ? ["phase", "iteration", "seconds", "rate", "smoothed_loss"] : ["NumIters", "Seconds", "LearningRate"]
    header = first + names
    var rows = training.map { point in
      var row = isAll ? ["train"] : []
      row += [String(point.iteration), RunTable.text(point.seconds), RunTable.text(point.rate)]
      if isAll { row.append(RunTable.text(point.loss)) }
      return (point.iteration, 1, row + RunTable.values(point.outputs, names))
    }
    rows += tests.map { test in
      var row = isAll ? ["test"] : []
      row += [String(test.iteration), RunTable.text(test.seconds), RunTable.text(run.rate(at: test.iteration))]
      if isAll { row.append(RunTable.text(test.loss)) }
      return (test.iteration, 0, row + RunTable.values(test.outputs, names))
    }
    self.rows = rows.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private static func names(_ outputs: [[RunHistory.Output]]) -> [String] {
    var seen: Set<String> = []
    return outputs.joined().map(\.name).filter { seen.insert($0).inserted }
  }

  private static func values(_ outputs: [RunHistory.Output], _ names: [String]) -> [String] {
    let values = Dictionary(outputs.map { ($0.name, $0.value) }) { first, _ in first }
    return names.map { text(values[$0]) }
  }

  private static func text(_ value: Double?) -> String {
    guard let value else { return "" }
    return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// The lines, a heading first.
  public var csv: String {
    ([header] + rows).map { $0.map(RunTable.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}

extension RunHistory {
  /// The learning rate that is known of `iteration` or the next displayed one, as the log shows it after the test.
  func rate(at iteration: Int) -> Double? {
    var (low, high) = (0, training.count)
    while low < high {
      let middle = (low + high) / 2
      if training[middle].iteration < iteration { low = middle + 1 } else { high = middle }
    }
    if low < training.count, let rate = training[low].rate { return rate }
    // After the last update only the loss is shown.
    return training[..<low].last { $0.rate != nil }?.rate
  }
}
