/// How a run was started: what one wants to know about a curve a month later.
public struct RunSettings: Codable, Hashable, Sendable {
  /// The state of a working copy of git.
  public struct Git: Codable, Hashable, Sendable {
    /// The commit.
    public var commit: String
    /// Whether files that git knows differed from it.
    public var isChanged: Bool

    /// Makes a state.
    public init(commit: String, isChanged: Bool) {
      self.commit = commit
      self.isChanged = isChanged
    }
  }

  /// The version of Caffe.
  public var version = ""
  /// When, as `2026-11-20T22:50:37Z`.
  public var time = ""
  /// The words of the command.
  public var command: [String] = []
  /// The folder that relative paths count from.
  public var folder = ""
  /// The solver as it is used, as prototxt.
  public var solver = ""
  /// The net as its file has it, as prototxt.
  public var net = ""
  /// What computes, and with which libraries.
  public var engine = ""
  /// The machine.
  public var host = ""
  /// The state of the folder that the run was started in.
  public var git: Git?
  /// The number of records in an iteration.
  public var batchSize: Int?
  /// The number of iterations in which all records come once.
  public var iterationsPerEpoch: Double?
  /// The outputs that are part of the loss, and their weights.
  public var lossWeights: [String: Double] = [:]
  /// The snapshot that the run went on from.
  public var snapshot: String?

  /// Makes settings without content.
  public init() {}
}

extension RunSettings {
  /// The settings for a person, in Markdown.
  public var markdown: String {
    var lines = [
      "**Command** `\(command.joined(separator: " "))`", "in `\(folder)`, \(time)",
      "caffe \(version), engine \(engine), \(host)"
    ]
    if let git { lines.append("git \(git.commit)\(git.isChanged ? ", with changes" : "")") }
    if let snapshot { lines.append("goes on from `\(snapshot)`") }
    for (title, text) in [("Solver", solver), ("Net", net)] where !text.isEmpty {
      lines.append("**\(title)**\n\n```\n\(text)\n```")
    }
    return lines.joined(separator: "\n\n")
  }
}
