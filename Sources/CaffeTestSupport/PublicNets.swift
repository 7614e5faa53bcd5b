import Caffe

/// What becomes of nets that many people wrote over many years: read, built for both phases, and why not.
package struct PublicNets {
  /// Files listed as nets of the original's schema.
  package private(set) var files = 0
  /// Those that were read and upgraded.
  package private(set) var read = 0
  /// Those that were built, by phase.
  package private(set) var built: [Phase: Int] = [.train: 0, .test: 0]
  /// Why others were not, in a few words, by phase.
  package private(set) var reasons: [Phase: [String: Int]] = [.train: [:], .test: [:]]
  /// Errors that fit none of the known reasons, with their files.
  package private(set) var unexplained: [String] = []

  /// Shapes of data that nothing in the file tells: MNIST's, CIFAR's, ImageNet's, and records of any length.
  private static let usualShapes: [[Int]] = [
    [1, 28, 28], [3, 32, 32], [3, 227, 227], [3, 224, 224], [2, 28, 28], [1, 64, 64], [3, 64, 64], [4, 1, 1]
  ]

  package init() {}

  /// Reads and builds one.
  package mutating func add(_ path: String) {
    files += 1
    let file: NetFile
    do {
      file = try NetReader.readNet(file: path)
      read += 1
    } catch {
      for phase in [Phase.train, .test] {
        reasons[phase, default: [:]]["refused by the upgrade, as by the original's", default: 0] += 1
      }
      return
    }
    for phase in [Phase.train, .test] { build(file, phase, path) }
  }

  private mutating func build(_ file: NetFile, _ phase: Phase, _ path: String) {
    do {
      _ = try summary(file, phase)
      built[phase, default: 0] += 1
    } catch {
      let reason = PublicNets.reason(error)
      if let reason {
        reasons[phase, default: [:]][reason, default: 0] += 1
      } else {
        unexplained.append("\(path), \(phase): \(error)")
      }
    }
  }

  /// Tries the usual shapes where one is asked for.
  private func summary(_ file: NetFile, _ phase: Phase) throws -> NetSummary {
    let context = Context(engine: ReferenceEngine(), phase: phase, registry: .standard)
    do {
      return try NetSummary(file, context: context)
    } catch let error as CaffeError where error.code == .flag {
      let tops = PublicNets.sources(file.net, phase)
      for shape in PublicNets.usualShapes {
        let shapes = tops.map { InputShape(name: $0, shape: Shape([2] + shape)) }
        if let summary = try? NetSummary(file, context: context, shapes: shapes) { return summary }
      }
      throw error
    }
  }

  /// The first top of each data layer of the phase.
  private static func sources(_ net: NetParameter, _ phase: Phase) -> [String] {
    let layers = net.layer.filter { layer in
      layer.bottom.isEmpty && layer.type.hasSuffix("Data") && layer.type != "DummyData"
        && (layer.include.isEmpty || layer.include.contains { !$0.hasPhase || $0.phase == phase })
    }
    return layers.flatMap {
      $0.type == "HDF5Data" ? $0.top.filter { !$0.lowercased().contains("label") } : Array($0.top.prefix(1))
    }
  }

  private static func reason(_ error: any Error) -> String? {
    guard let error = error as? CaffeError else { return nil }
    let text = "\(error)"
    if error.code == .flag { return "a shape of the data that isn't known" }
    if text.contains("Python") { return "a layer in Python" }
    if text.contains("has no layers") { return "not whole in this phase" }
    if text.contains("there is no layer type") || text.contains("the layer type") { return "a fork's layer type" }
    if error.code == .graph, text.contains("bottom") || text.contains("no layer of the net") {
      return "not whole in this phase"
    }
    if error.code == .file { return "a file that isn't there" }
    if error.code == .shape { return "shapes that don't fit" }
    return nil
  }

  /// The counts as a table.
  package var table: String {
    var lines = [
      "| | TRAIN | TEST |", "|---|---|---|", "| nets of the original's schema | \(files) | \(files) |",
      "| read and upgraded | \(read) | \(read) |",
      "| built | \(built[.train, default: 0]) | \(built[.test, default: 0]) |"
    ]
    let all = Set(reasons.values.flatMap(\.keys)).sorted()
    for reason in all {
      lines.append(
        "| not built: \(reason) | \(reasons[.train]?[reason] ?? 0) | \(reasons[.test]?[reason] ?? 0) |")
    }
    return lines.joined(separator: "\n")
  }
}
