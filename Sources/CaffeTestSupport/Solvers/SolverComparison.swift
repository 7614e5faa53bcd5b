import Caffe

/// Compares what a training wrote with what the original wrote.
struct SolverComparison {
  /// The folder with the original's files.
  let folder: String
  /// The largest difference as a share of what the tolerance allows.
  private(set) var worst = 0.0
  /// Where that is.
  private(set) var worstName = ""

  init(folder: String) { self.folder = folder }

  /// Compares the weights and the state of the snapshot at `iteration`, in the format that the original's has.
  mutating func compareSnapshots(at iteration: Int, in place: String) throws {
    let isHDF5 = SystemCalls.kind(of: "\(folder)/run_iter_\(iteration).solverstate.h5") == .regular
    for kind in ["caffemodel", "solverstate"] {
      let name = "run_iter_\(iteration).\(kind)" + (isHDF5 ? ".h5" : "")
      let (got, want) = (try SnapshotContent("\(place)/\(name)"), try SnapshotContent("\(folder)/\(name)"))
      try check(got.texts == want.texts, "\(name): \(got.texts) in place of \(want.texts)")
      try check(
        got.arrays.keys.sorted() == want.arrays.keys.sorted(),
        "\(name) holds \(got.arrays.keys.sorted()) in place of \(want.arrays.keys.sorted())")
      for (key, wanted) in want.arrays {
        guard let found = got.arrays[key] else { continue }
        try check(found.shape == wanted.shape, "\(name), \(key): shape \(found.shape) in place of \(wanted.shape)")
        take(Tolerance.sums.worstDifference(got: found.values, want: wanted.values), "\(name), \(key)")
      }
    }
  }

  /// Compares the lines of the solver with those of the original's log.
  mutating func compare(log: [RecordedLog.Line]) throws {
    let want = try SolverLog.lines(file: "\(folder)/train.log")
    let got = log.filter(SolverLog.isCompared)
    for (found, wanted) in zip(got, want) {
      let (foundParts, wantedParts) = (SolverLog.Parts(found.text), SolverLog.Parts(wanted.text))
      try check(
        found.source == wanted.source && foundParts.words == wantedParts.words,
        "the log has \"\(found)\" in place of \"\(wanted)\"")
      take(
        Tolerance.elementwise.worstDifference(got: foundParts.numbers, want: wantedParts.numbers),
        "\"\(found)\" in place of \"\(wanted)\"")
    }
    try check(got.count == want.count, "the log has \(got.count) lines of the solver in place of \(want.count)")
  }

  private func check(_ fits: Bool, _ message: @autoclosure () -> String) throws {
    if !fits { throw CaffeError(.value, message()) }
  }

  private mutating func take(_ difference: Difference, _ name: String) {
    let share = difference.size == 0 ? 0 : difference.size / difference.allowed
    guard share > worst || share.isNaN else { return }
    worst = share
    worstName = "at \(name)" + (difference.index.map { "[\($0)]" } ?? "")
  }
}

/// Reads the original's log without time stamps.
enum SolverLog {
  /// Words with marks in place of the numbers, and the numbers.
  struct Parts {
    var words: [Substring] = []
    var numbers: [Float] = []

    init(_ text: String) {
      // How fast it went isn't to be compared.
      var text = Substring(text)
      if let start = text.firstIndex(of: "("), let end = text.firstIndex(of: ")"),
        text[start..<end].contains("iter/s")
      {
        text = text[..<start] + text[end...].dropFirst()
      }
      for word in text.split(separator: " ", omittingEmptySubsequences: false) {
        let number = word.hasSuffix(",") || word.hasSuffix(")") ? word.dropLast() : word
        if let value = Float(number) {
          numbers.append(value)
          words.append("#")
        } else {
          words.append(word)
        }
      }
    }
  }

  private static let files = ["solver.cpp", "sgd_solver.cpp"]

  /// Whether a line is the solver's own; the first one, with the whole message, depends on flags of the command.
  static func isCompared(_ line: RecordedLog.Line) -> Bool {
    files.contains { line.source.hasPrefix("\($0):") } && line.source != "solver.cpp:45"
  }

  /// The lines to compare with.
  static func lines(file: String) throws -> [RecordedLog.Line] {
    let text = try MappedFile(file).withBytes { String(decoding: $0, as: UTF8.self) }
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix("I "), let end = line.firstIndex(of: "]") else { return nil }
      let text = line[end...].dropFirst(2)
      let entry = RecordedLog.Line(source: String(line[..<end].dropFirst(2)), text: String(text))
      return isCompared(entry) ? entry : nil
    }
  }
}
