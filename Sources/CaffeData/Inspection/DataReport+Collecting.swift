import CaffeCore

/// Makes a report of records that come one after the other.
struct DataReportBuilder {
  private static let shown = 100
  private static let classLimit = 100_000

  private(set) var report: DataReport
  private var contents: [String: Int] = [:]
  private var shapes: [DatumShape: Int] = [:]
  private var fixedShapes: Set<DatumShape> = []
  private var classes: [[Int: Int]] = []
  private var labelCounts: Set<Int> = []
  private var seen: [InspectedRecord.Identity: (record: String, labels: [Float])] = [:]
  private var contradictions = 0

  init(source: String, kind: String) { report = DataReport(source: source, kind: kind) }

  /// Adds the record called `name`.
  mutating func add(_ name: String, _ outcome: Result<InspectedRecord, any Error>) {
    report.records += 1
    report.first = report.first ?? name
    report.last = name
    switch outcome {
    case .success(let record): add(name, record)
    case .failure(let error):
      report.unreadable += 1
      if report.faults.count < DataReportBuilder.shown {
        report.faults.append(.init(record: name, reason: "\(error)"))
      }
    }
  }

  private mutating func add(_ name: String, _ record: InspectedRecord) {
    contents[record.content, default: 0] += 1
    shapes[record.shape, default: 0] += 1
    if !record.isFile { fixedShapes.insert(record.shape) }
    addLabels(record.labels)
    guard let earlier = seen[record.identity] else {
      seen[record.identity] = (name, record.labels)
      return
    }
    let contradicts = earlier.labels != record.labels
    contradictions += contradicts ? 1 : 0
    report.duplicated += 1
    if report.duplicates.count < DataReportBuilder.shown {
      report.duplicates.append(.init(record: name, first: earlier.record, contradicts: contradicts))
    }
  }

  private mutating func addLabels(_ labels: [Float]) {
    labelCounts.insert(labels.count)
    while report.labels.count < labels.count {
      report.labels.append(.init())
      classes.append([:])
    }
    for (index, label) in labels.enumerated() {
      report.labels[index].minimum = min(report.labels[index].minimum, label)
      report.labels[index].maximum = max(report.labels[index].maximum, label)
      guard let whole = Int(exactly: label) else {
        report.labels[index].isWhole = false
        continue
      }
      if classes[index].count < DataReportBuilder.classLimit || classes[index][whole] != nil {
        classes[index][whole, default: 0] += 1
      } else {
        report.labels[index].isWhole = false
      }
    }
  }

  /// The report on what came, which broke off because of `error` if there is one.
  func finished(_ error: CaffeError? = nil) -> DataReport {
    var report = report
    report.contents = contents.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      .init(value: $0.key, records: $0.value)
    }
    report.shapes = shapes.sorted { ($1.value, "\($0.key)") < ($0.value, "\($1.key)") }.map {
      .init(value: [$0.key.channels, $0.key.height, $0.key.width], records: $0.value)
    }
    for (index, counts) in classes.enumerated() where report.labels[index].isWhole {
      report.labels[index].classes = counts.sorted { $0.key < $1.key }.map { .init(value: $0.key, records: $0.value) }
    }
    report.problems = problems(error)
    report.notes = notes(report)
    return report
  }

  private func problems(_ error: CaffeError?) -> [String] {
    var problems: [String] = []
    if let error { problems.append("it breaks off after \(report.records) records: \(error.message)") }
    if report.records == 0, error == nil { problems.append("it has no records") }
    if report.unreadable > 0 { problems.append("\(report.unreadable) of \(report.records) records can't be used") }
    if fixedShapes.count > 1 {
      problems.append("records have \(fixedShapes.count) shapes: a Data layer reads them only one at a time")
    }
    if labelCounts.count > 1 {
      problems.append(
        "records have different numbers of labels: \(labelCounts.sorted().map(String.init).joined(separator: ", "))")
    }
    if contradictions > 0 {
      problems.append("\(contradictions) records have the content of an earlier one and other labels")
    }
    return problems
  }

  private func notes(_ report: DataReport) -> [String] {
    var notes: [String] = []
    if fixedShapes.count <= 1, shapes.count > 1 {
      notes.append("pictures have \(shapes.count) shapes: scale them, or crop what is at least as large as the crop")
    }
    if contents.count > 1 { notes.append("records hold \(contents.count) kinds of content") }
    if report.duplicated > 0 { notes.append("\(report.duplicated) records have the content of an earlier one") }
    if let column = report.labels.first, report.labels.count == 1, column.isWhole, report.records > report.unreadable {
      if column.minimum < 0 { notes.append("labels begin at \(Int(column.minimum)), not at 0") }
      let gaps = Int(column.maximum) - Int(max(column.minimum, 0)) + 1 - column.classes.filter { $0.value >= 0 }.count
      if gaps > 0 { notes.append("\(gaps) labels between the smallest and the largest have no record") }
    }
    return notes
  }
}
