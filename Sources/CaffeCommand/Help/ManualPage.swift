import ArgumentParser
import Caffe
import Foundation

/// Manual pages, made of what the commands say about themselves.
package enum ManualPage {
  /// The page of every command, by the name of its file: `caffe.1`, `caffe-train.1`, …
  ///
  /// - Throws: What the description of the commands can't be read for, which would be our own mistake.
  package static func all() throws -> [String: String] {
    let tool = try JSONDecoder().decode(ToolDescription.self, from: Data(CaffeTool._dumpHelp().utf8)).command
    let verbs = (tool.subcommands ?? []).filter { $0.shouldDisplay != false && $0.commandName != "help" }
    var pages = ["caffe.1": overview(tool, verbs)]
    for verb in verbs { pages["caffe-\(verb.commandName).1"] = page(of: verb) }
    return pages
  }

  // MARK: - Pages

  private static func overview(_ tool: ToolDescription.Command, _ verbs: [ToolDescription.Command]) -> String {
    var text = head("caffe", tool.abstract ?? "")
    text += ".SH SYNOPSIS\n.B caffe\n.I COMMAND\n[\\fIflags\\fR]\n.SH DESCRIPTION\n\(escaped(tool.discussion ?? ""))\n"
    text += ".SH COMMANDS\n"
    for verb in verbs {
      text += ".TP\n.BR caffe\\-\(escaped(verb.commandName)) (1)\n\(escaped(verb.abstract ?? ""))\n"
    }
    return text + foot
  }

  private static func page(of verb: ToolDescription.Command) -> String {
    let arguments = (verb.arguments ?? []).filter { $0.shouldDisplay != false && $0.valueName != "help" }
    let words = arguments.filter { $0.kind == "positional" }
    var text = head("caffe-\(verb.commandName)", verb.abstract ?? "")
    text += ".SH SYNOPSIS\n.B caffe \(escaped(verb.commandName))\n"
    for word in words { text += "[\\fI\(escaped((word.valueName ?? "").uppercased()))\\fR...]\n" }
    text += "[\\fIflags\\fR]\n"
    if let discussion = verb.discussion, !discussion.isEmpty { text += ".SH DESCRIPTION\n\(escaped(discussion))\n" }
    var section: String?
    for argument in arguments where argument.kind != "positional" {
      let title = argument.sectionTitle ?? "Flags"
      if section != title { text += ".SH \(escaped(title.uppercased()))\n" }
      section = title
      let names = (argument.names ?? []).map { $0.kind == "short" ? "-\($0.name)" : "--\($0.name)" }
      let value = argument.kind == "flag" ? "" : "=\\fI\(escaped((argument.valueName ?? "value").uppercased()))\\fR"
      let standard = argument.defaultValue.map { " (default: \($0))" } ?? ""
      text += ".TP\n\\fB\(escaped(names.joined(separator: ", ")))\\fR\(value)\n"
      text += "\(escaped((argument.abstract ?? "") + standard))\n"
    }
    return text + foot
  }

  private static func head(_ name: String, _ abstract: String) -> String {
    ".TH \(escaped(name).uppercased()) 1 \"\" \"SwiftCaffe \(caffeVersion)\" \"SwiftCaffe\"\n.SH NAME\n"
      + "\(escaped(name)) \\- \(escaped(abstract))\n"
  }

  private static var foot: String {
    let statuses = ExitStatuses.all.map { ".TP\n.B \($0.status)\n\(escaped($0.meaning))\n" }.joined()
    return ".SH EXIT STATUS\n\(statuses).SH SEE ALSO\n.BR caffe (1)\n"
  }

  /// Text in which nothing means something to troff.
  private static func escaped(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let plain = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      let isCommand = plain.hasPrefix(".") || plain.hasPrefix("'")
      return plain.isEmpty ? ".PP" : isCommand ? "\\&" + plain : String(plain)
    }.joined(separator: "\n")
  }
}

/// What the argument parser tells of a program; its own format, of which this is a part.
private struct ToolDescription: Decodable {
  struct Name: Decodable {
    var kind: String
    var name: String
  }
  struct Argument: Decodable {
    var kind: String
    var shouldDisplay: Bool?
    var sectionTitle: String?
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }
  struct Command: Decodable {
    var commandName: String
    var shouldDisplay: Bool?
    var abstract: String?
    var discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }
  var command: Command
}
