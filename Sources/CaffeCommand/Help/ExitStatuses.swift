/// What the exit statuses mean.
package enum ExitStatuses {
  /// All of them, with when they come.
  package static let all: [(status: Int32, meaning: String)] = [
    (0, "Done, ended by --early-stop, or stopped by a signal with the snapshot taken."),
    (Program.Status.failure, "Bad input or a failure; one line on standard error says what, where and what to do."),
    (Program.Status.nonFinite, "The loss or a gradient is no longer a finite number."),
    (Program.Status.flags, "Wrong flags; the usage line follows."),
    (Program.Status.interrupted, "A second Ctrl-C while stopping.")
  ]

  /// All in a line, without details.
  static var line: String {
    all.map { status, meaning in "\(status) \(meaning.prefix { $0 != ";" && $0 != "." }.lowercased())" }
      .joined(separator: "; ")
  }
}
