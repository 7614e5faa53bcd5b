import Caffe

/// A forecast as people and programs read it.
struct MemoryReport {
  private struct Record: Encodable {
    struct Phase: Encodable {
      var net: String
      var phase: String
      var bytes: [String: Int]
      var peak: Int
      var gpu: Int?
      var guessedShapes: [String]
    }
    var phases: [Phase]
    var refusals: [String]
  }

  let needs: [MemoryNeed]
  /// Why a phase isn't there.
  let refusals: [String]

  /// A column for each phase, and the sum below it.
  var table: String {
    var rows = [[""] + needs.map(\.phaseName)]
    for part in MemoryNeed.Part.allCases where needs.contains(where: { $0[part] > 0 }) {
      rows.append([part.title] + needs.map { $0[part].megabytes })
    }
    rows.append(["peak"] + needs.map { $0.peak.megabytes })
    if needs.contains(where: { $0.deviceBytes != nil }) {
      rows.append(["on the GPU"] + needs.map { $0.deviceBytes?.megabytes ?? "" })
    }
    var lines = ["\(needs.first?.net ?? ""), in MB (1,000,000 bytes)"] + TextTable.lines(rows, right: [1, 2])
    let guesses = Set(needs.flatMap(\.guesses)).sorted()
    if !guesses.isEmpty {
      lines.append(
        "Guessed, since there are no data: \(guesses.joined(separator: " ")); --input-shape says otherwise.")
    }
    lines += refusals.map { "TRAIN left out: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The numbers as one object, in bytes.
  var json: String {
    get throws {
      let phases = needs.map { need in
        Record.Phase(
          net: need.net, phase: need.phaseName,
          bytes: Dictionary(uniqueKeysWithValues: MemoryNeed.Part.allCases.map { ($0.rawValue, need[$0]) }),
          peak: need.peak, gpu: need.deviceBytes, guessedShapes: need.guesses)
      }
      return try JSONText.of(Record(phases: phases, refusals: refusals))
    }
  }
}

extension MemoryNeed {
  fileprivate var phaseName: String { phase == .train ? "TRAIN" : "TEST" }
}

extension MemoryNeed.Part {
  fileprivate var title: String {
    switch self {
    case .parameters: "parameters"
    case .gradients: "gradients"
    case .history: "solver history"
    case .activations: "activations"
    case .scratch: "scratch"
    case .batches: "batches read ahead"
    case .program: "program and libraries"
    case .database: "pages of databases"
    case .files: "reading or writing files"
    }
  }
}

extension Int {
  fileprivate var megabytes: String {
    let tenths = (self + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
