import ArgumentParser
import Caffe
import Foundation
import Logging

/// The program from its arguments to its exit status.
package struct Program {
  /// Exit statuses beside 0.
  package enum Status {
    package static let failure: Int32 = 1
    package static let nonFinite: Int32 = 2
    package static let flags: Int32 = 64
    /// By a second Ctrl-C, as shells count it.
    package static let interrupted: Int32 = 130
  }

  private let name: String
  private let arguments: [String]
  private let environment: [String: String]
  private let gpus: GPUs

  /// Makes a run; `arguments` start with the name that the program is called by, which decides what it is.
  package init(arguments: [String], environment: [String: String], gpus: GPUs = GPUs()) {
    let path = arguments.first ?? "caffe"
    let file = path.split(separator: "/").last.map(String.init) ?? path
    name = file.hasSuffix(".bin") ? String(file.dropLast(4)) : file
    self.arguments = Array(arguments.dropFirst())
    self.environment = environment
    self.gpus = gpus
  }

  /// Runs, prints what there is to say, and returns the exit status.
  package func run() -> Int32 {
    var usage = CaffeTool.usage
    do {
      guard let tool = try Tool(named: name) else { return try run(CaffeTool.self, hasVerbs: true) }
      usage = tool.command.usageString()
      return try run(tool.command, hasVerbs: false)
    } catch let error as CaffeError {
      return report(error, usage: usage)
    } catch is SaidAlready {
      return Status.failure
    } catch {
      return report(CaffeError(.value, "\(error)"), usage: usage)
    }
  }

  private func run(_ root: any ParsableCommand.Type, hasVerbs: Bool) throws -> Int32 {
    let expanded = try FlagFile.expand(arguments, read: FlagFile.text)
    let words = CommandLineWords(expanded, booleans: booleanFlags, implied: impliedValues)
    if hasVerbs { try checkVerb(words) }
    if hasVerbs, words.words.first == "help" {
      let topic = Array(words.words.dropFirst())
      if let text = try LayerHelp.answer(to: topic) ?? LintHelp.answer(to: topic) {
        Platform.write(text, to: Platform.standardOutput)
        return 0
      }
    }
    if hasVerbs, words.words.isEmpty, words.flags.contains("--version") {
      Platform.write(VersionText.text, to: Platform.standardOutput)
      return 0
    }
    let verb: any Verb
    do {
      var command = try root.parseAsRoot(hasVerbs ? words.verbFirst(parts: verbParts(words)) : words.flagsFirst)
      guard let parsed = command as? any Verb else {
        // Help is a command of the parser's own, which throws its text.
        try command.run()
        return 0
      }
      verb = parsed
    } catch {
      return answer(root, error)
    }
    let settings = verb.log.settings(environment: environment)
    let terminal = TerminalLine()
    let logger = try Logger.glog(settings, program: name, terminal: terminal)
    try verb.run(Session(logger: logger, environment: environment, terminal: terminal, gpus: gpus))
    return 0
  }

  /// Says which commands there are when the first word is none of them.
  private func checkVerb(_ words: CommandLineWords) throws {
    let verbs = CaffeTool.verbNames
    guard let word = words.words.first else {
      if words.flags.contains("--help") || words.flags.contains("--version") { return }
      throw CaffeError(.flag, "no command given; commands: \(verbs.joined(separator: ", "))")
    }
    guard word == "help" || verbs.contains(word) else { throw unknown(word, among: verbs) }
    let parts = CaffeTool.parts(of: word)
    guard !parts.isEmpty, !words.flags.contains("--help") else { return }
    guard let part = words.words.dropFirst().first else {
      throw CaffeError(
        .flag, "\(word) needs to know what to do; commands: \(parts.map { "\(word) \($0)" }.joined(separator: ", "))")
    }
    if !parts.contains(part) { throw unknown(part, among: parts) }
  }

  private func unknown(_ word: String, among names: [String]) -> CaffeError {
    let near = NearNames.hint(for: word, among: names)
    return CaffeError(.flag, "there is no command \"\(word)\"; commands: \(names.joined(separator: ", "))\(near)")
  }

  /// Of how many words the verb consists.
  private func verbParts(_ words: CommandLineWords) -> Int {
    words.words.first.map { CaffeTool.parts(of: $0).isEmpty ? 1 : 2 } ?? 1
  }

  /// Prints what the argument parser has to say: help on standard output, faults and the usage line on standard error.
  private func answer(_ root: any ParsableCommand.Type, _ error: any Error) -> Int32 {
    let text = root.fullMessage(for: error)
    guard root.exitCode(for: error) != .success else {
      Platform.write(text + "\n", to: Platform.standardOutput)
      return 0
    }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let fault = lines.first.map { $0.hasPrefix("Error: ") ? String($0.dropFirst(7)) : String($0) } ?? ""
    // The usage line and where to find more; the parser's own help on a wrong value comes between.
    let rest = lines.dropFirst().drop { !$0.hasPrefix("Usage:") }.joined(separator: "\n")
    Platform.write("\(name): error: \(fault)\n\(rest)\n", to: Platform.standardError)
    return Status.flags
  }

  private func report(_ error: CaffeError, usage: String) -> Int32 {
    Platform.write("\(name): error: \(error)\n", to: Platform.standardError)
    switch error.code {
    case .flag:
      Platform.write("Usage: \(usage)\n", to: Platform.standardError)
      return Status.flags
    case .nonFinite: return Status.nonFinite
    default: return Status.failure
    }
  }
}

extension FlagFile {
  /// The text of the flag file at `path`.
  static func text(of path: String) throws -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw CaffeError(
        .flag, file: path, "this file of flags can't be read: \(error.localizedDescription) Check --flagfile")
    }
  }
}
