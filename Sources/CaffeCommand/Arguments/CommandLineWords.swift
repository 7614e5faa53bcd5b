/// A command line in one form, whatever spelling it came in: its words, and its flags as `--name=value`.
///
/// The original's flags are those of gflags: one leading dash or two, `=` or a blank before the value, `--noshuffle` for
/// `--shuffle=false`, flags before or after the words. The argument parser behind this takes only one of
/// these forms.
package struct CommandLineWords: Equatable {
  /// What isn't a flag: the verb, file names.
  package var words: [String] = []
  /// The flags, `--name=value`; without `=value` where none was given.
  package var flags: [String] = []

  /// Sorts `arguments`, which don't hold the program's name.
  ///
  /// - Parameters:
  ///   - arguments: The arguments.
  ///   - booleans: The flags that are true without a value.
  ///   - implied: What other flags mean that may come without a value; a word after one of these isn't its value.
  package init(_ arguments: [String], booleans: Set<String>, implied: [String: String] = [:]) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" {
        words += rest
        return
      }
      guard let flag = Flag(argument) else {
        words.append(argument)
        continue
      }
      if Flag.informative.contains(flag.name) {
        flags.append("--" + (flag.name == "h" ? "help" : flag.name))
      } else if let negated = flag.negated(among: booleans) {
        flags.append("--\(negated)=false")
      } else if booleans.contains(flag.name) {
        flags.append("--\(flag.name)=\(Flag.truth(flag.value ?? "true"))")
      } else if let value = implied[flag.name] {
        flags.append("--\(flag.name)=\(flag.value ?? value)")
      } else if let value = flag.value {
        // An empty value, as scripts give by --snapshot=$STATE, is none.
        if !value.isEmpty { flags.append("--\(flag.name)=\(value)") }
      } else if let next = rest.first, Flag(next) == nil, next != "--" {
        flags.append("--\(flag.name)=\(next)")
        rest = rest.dropFirst()
      } else {
        flags.append("--\(flag.name)")
      }
    }
  }

  /// The line for a program with verbs: the verb first.
  package var verbFirst: [String] { verbFirst(parts: 1) }

  /// The same for a verb of so many words, as `data check`.
  package func verbFirst(parts: Int) -> [String] { words.prefix(parts) + flags + terminated(words.dropFirst(parts)) }

  /// The line for a program without verbs: the flags first.
  package var flagsFirst: [String] { flags + terminated(words[...]) }

  private func terminated(_ words: ArraySlice<String>) -> [String] {
    words.contains { $0.hasPrefix("-") && $0 != "-" } ? ["--"] + words : Array(words)
  }
}

/// One argument that is a flag.
private struct Flag {
  var name: String
  var value: String?

  /// Flags that print something and end the program.
  static let informative: Set<String> = ["h", "help", "version"]

  init?(_ argument: String) {
    let body = argument.drop { $0 == "-" }
    let dashes = argument.count - body.count
    guard (1...2).contains(dashes), body.first?.isLetter == true else { return nil }
    let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0].map { $0 == "-" ? "_" : $0 })
    value = parts.count > 1 ? String(parts[1]) : nil
  }

  func negated(among booleans: Set<String>) -> String? {
    guard value == nil, name.hasPrefix("no"), !booleans.contains(name) else { return nil }
    // --noshuffle as gflags has it, or --no-shuffle.
    let positive = String(name.dropFirst(name.hasPrefix("no_") ? 3 : 2))
    return booleans.contains(positive) ? positive : nil
  }

  /// `true` or `false` for the spellings that gflags takes; anything else as it is, for the parser to refuse.
  static func truth(_ text: String) -> String {
    switch text.lowercased() {
    case "1", "t", "true", "y", "yes": "true"
    case "0", "f", "false", "n", "no": "false"
    default: text
    }
  }
}
