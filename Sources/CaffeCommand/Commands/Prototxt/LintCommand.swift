import ArgumentParser
import Caffe

/// `caffe lint`: mistakes in prototxt files.
struct LintCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Finds mistakes in prototxt files.",
    discussion: """
      FILES are nets and solvers, or folders of them; of a solver, its nets are looked at, too. Errors keep a file from being used, warnings \
      are about what people often didn't mean. The status is 1 where there are errors. caffe help lint tells of each rule.
      """)

  @Argument(help: "Prototxt files, and folders of them.")
  var files: [String] = []
  @OptionGroup(title: "Rules") var rules: LintFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    if rules.page { return Platform.write(LintRules.document, to: Platform.standardOutput) }
    let files = try PrototxtFiles.find(self.files)
    var linter = Linter(context: try session.context(machine, phase: .test))
    linter.ignored = Set(try rules.ignored())
    linter.stages = rules.stage?.split(separator: ",").map(String.init) ?? []
    let report = LintReport(linter.findings(in: files), files: files.count)
    let width = Platform.columns(of: Platform.standardOutput) ?? 120
    Platform.write(rules.json ? report.json : report.text(width: width), to: Platform.standardOutput)
    if report.errors > 0 || (rules.strict && report.warnings > 0) { throw SaidAlready() }
  }
}

/// Flags about what is looked for.
struct LintFlags: ParsableArguments {
  @Option(help: "Rules to leave out, separated by commas.")
  var ignore: String?
  @Option(help: "The stages of the nets' state, separated by commas.")
  var stage: String?
  @Option(help: "Let warnings count as errors.")
  var strict: Bool = false
  @Option(help: "Print JSON in place of text.")
  var json: Bool = false
  @Option(help: .init("Print the page on all rules, in Markdown.", visibility: .private))
  var page: Bool = false

  /// The rules to leave out.
  ///
  /// - Throws: `CaffeError` of code `flag` where there is no such rule.
  func ignored() throws -> [String] {
    let names = LintRules.pages.map(\.name)
    return try (ignore ?? "").split(separator: ",").map(String.init).map { name in
      guard names.contains(name) else {
        throw CaffeError(
          .flag,
          "--ignore=\(name): there is no such rule\(NearNames.hint(for: name, among: names)); caffe help lint lists all"
        )
      }
      return name
    }
  }
}
