import CaffeCore
import CaffeNet
import CaffeProto

/// Looks through prototxt files for mistakes.
public struct Linter {
  /// The layer types that nets may have, the engine, and what relative paths count from.
  public var context: Context
  /// Rules that aren't applied.
  public var ignored: Set<String> = []
  /// The stages of the nets' state, beside the files' own.
  public var stages: [String] = []
  /// The level of the nets' state; the files' own without.
  public var level: Int?

  /// Makes a linter.
  public init(context: Context) {
    self.context = context
    self.context.logger = .silent
  }

  /// What is wrong with `files`, and with the nets that solvers among them name; in the order of files and lines.
  public func findings(in files: [String]) -> [Finding] {
    var run = LintRun(linter: self)
    for file in files { run.lint(file) }
    return run.findings
  }
}

/// One run over files, each looked at once.
private struct LintRun {
  let linter: Linter
  private(set) var findings: [Finding] = []
  private var seen: Set<String> = []
  private let data: DataFacts

  init(linter: Linter) {
    self.linter = linter
    data = DataFacts(context: linter.context)
  }

  mutating func lint(_ file: String) {
    let path = linter.context.path(file)
    guard seen.insert(path).inserted else { return }
    let inspection = NetReader.inspect(file: path)
    var collector = Collector(inspection, ignored: linter.ignored)
    collector.addFaults(of: inspection)
    var others: [String] = []
    switch inspection.content {
    case .net(let net): check(net, inspection, path, &collector)
    case .solver(let solver): others = check(solver, inspection, path, &collector)
    case .none: break
    }
    findings += collector.sorted
    for other in others { lint(other) }
  }

  // MARK: - Nets

  private func nets(_ read: NetFile, _ inspection: Inspection, _ file: String) -> [LintedNet] {
    let view = NetView(read, level: linter.level, stages: linter.stages)
    return view.phases.map {
      LintedNet(read, file: file, phase: $0, view: view, places: inspection.places, data: data)
    }
  }

  private func check(_ read: NetFile, _ inspection: Inspection, _ file: String, _ collector: inout Collector) {
    for net in nets(read, inspection, file) {
      for rule in LintRules.all { rule.check(net) { collector.add($0, rule.page) } }
      // A net with other faults would be refused for them.
      guard !collector.hasErrors, !linter.ignored.contains(BuildRule().page.name) else { continue }
      if let remark = BuildRule().remark(read, net, linter) { collector.add(remark, BuildRule().page) }
    }
  }

  // MARK: - Solvers

  /// Returns the files of the nets that are there.
  private func check(
    _ read: SolverFile, _ inspection: Inspection, _ file: String, _ collector: inout Collector
  ) -> [String] {
    for (field, net) in read.inlineNets { check(net, inspection, "\(file) (\(field))", &collector) }
    var missing: [(field: String, file: String)] = []
    var present: [String] = []
    for (field, path) in read.solver.netFiles {
      if SystemCalls.kind(of: linter.context.path(path)) == .missing {
        missing.append((field, path))
      } else {
        present.append(path)
      }
    }
    let solver = LintedSolver(
      file: file, solver: read.solver, testNets: testNets(read, inspection, file), missingNets: missing,
      places: inspection.places)
    for rule in LintRules.all { rule.check(solver) { collector.add($0, rule.page) } }
    return present
  }

  /// The nets that `test_iter` counts for, in its order: files, nets written in place, else the net that is trained.
  private func testNets(_ read: SolverFile, _ inspection: Inspection, _ file: String) -> [LintedNet?] {
    let solver = read.solver
    func net(file path: String) -> LintedNet? {
      let other = NetReader.inspect(file: linter.context.path(path))
      guard case .net(let net) = other.content else { return nil }
      return nets(net, other, path).first { $0.phase == .test }
    }
    let inline = read.inlineNets.filter { $0.field.hasPrefix("test_net_param") }
    var result = inline.map { nets($0.net, inspection, file).first { $0.phase == .test } }
    result += solver.testNet.map(net)
    if solver.hasNet {
      result.append(net(file: solver.net))
    } else if let own = read.inlineNets.first(where: { $0.field == "net_param" }) {
      result.append(nets(own.net, inspection, file).first { $0.phase == .test })
    }
    return result
  }
}

extension SolverFile {
  /// The nets that are written in place, with their fields.
  fileprivate var inlineNets: [(field: String, net: NetFile)] {
    var nets: [(String, NetParameter)] = []
    if solver.hasNetParam { nets.append(("net_param", solver.netParam)) }
    if solver.hasTrainNetParam { nets.append(("train_net_param", solver.trainNetParam)) }
    nets += solver.testNetParam.enumerated().map { ("test_net_param[\($0.offset)]", $0.element) }
    return nets.map { ($0.0, NetFile(net: $0.1, layerLocations: layerLocations[$0.0] ?? [])) }
  }
}

extension SolverParameter {
  /// The files of nets that it names, with the fields.
  fileprivate var netFiles: [(field: String, file: String)] {
    var files: [(String, String)] = []
    if hasNet { files.append(("net", net)) }
    if hasTrainNet { files.append(("train_net", trainNet)) }
    files += testNet.enumerated().map { ($0.offset == 0 ? "test_net" : "test_net[\($0.offset)]", $0.element) }
    return files
  }
}
