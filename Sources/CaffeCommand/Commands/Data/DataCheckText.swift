import Caffe

/// A `DataReport` as it is read in a terminal.
enum DataCheckText {
  /// How many classes are listed one by one.
  private static let classesShown = 40

  static func of(_ report: DataReport) -> String {
    var rows = [
      ["source", "\(report.source) (\(report.kind))"],
      ["records", "\(report.records)"]
    ]
    if let first = report.first, let last = report.last { rows.append(["from, to", "\(first) … \(last)"]) }
    rows += listed("content", report.contents.map { "\($0.value): \($0.records)" })
    rows += listed("shapes", shapes(report))
    for (index, column) in report.labels.enumerated() {
      rows.append([report.labels.count == 1 ? "labels" : "label \(index)", summary(column)])
    }
    rows += listed("unusable", ["\(report.unreadable)"] + report.faults.prefix(20).map { "\($0.record): \($0.reason)" })
    rows += listed("duplicates", ["\(report.duplicated)"] + report.duplicates.prefix(20).map(duplicate))
    rows += listed("notes", report.notes)
    rows += listed("wrong", report.problems)
    return (TextTable.lines(rows) + classes(report)).joined(separator: "\n") + "\n"
  }

  private static func listed(_ title: String, _ lines: [String]) -> [[String]] {
    lines.enumerated().map { [$0.offset == 0 ? title : "", $0.element] }
  }

  private static func shapes(_ report: DataReport) -> [String] {
    let shown = report.shapes.prefix(10).map { shape in
      "\(shape.value.map(String.init).joined(separator: "×")): \(shape.records)"
    }
    return shown + (report.shapes.count > 10 ? ["and \(report.shapes.count - 10) more"] : [])
  }

  private static func summary(_ column: DataReport.LabelColumn) -> String {
    let range = "\(column.minimum.general) to \(column.maximum.general)"
    guard let least = column.classes.map(\.records).min(), let most = column.classes.map(\.records).max() else {
      return range
    }
    return "\(range), \(column.classes.count) different, \(least) to \(most) records each"
  }

  private static func duplicate(_ duplicate: DataReport.Duplicate) -> String {
    "\(duplicate.record): as \(duplicate.first)\(duplicate.contradicts ? ", with another label" : "")"
  }

  private static func classes(_ report: DataReport) -> [String] {
    guard report.labels.count == 1, let classes = report.labels.first?.classes,
      (1...classesShown).contains(classes.count)
    else { return [] }
    let most = Float(classes.map(\.records).max() ?? 1)
    let rows = classes.map { tally in
      [
        "\(tally.value)", "\(tally.records)",
        String(repeating: "#", count: Int((40 * Float(tally.records) / most).rounded()))
      ]
    }
    return [""] + TextTable.lines([["label", "records"]] + rows, right: [0, 1])
  }
}
