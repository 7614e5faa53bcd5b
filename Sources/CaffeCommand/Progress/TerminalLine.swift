import Synchronization

/// A line at the bottom of the terminal that is written over, below the lines of the log.
package final class TerminalLine: Sendable {
  private let shown = Mutex("")
  private let descriptor: Int32

  /// Makes an empty one on the terminal that `descriptor` writes to: standard error unless said.
  package init(descriptor: Int32 = 2) { self.descriptor = descriptor }

  /// Back to the beginning of the line, and all of it erased.
  private static let erase = "\r\u{1B}[2K"

  /// Writes `record`, which ends with the end of a line, above it.
  package func write(_ record: String) {
    shown.withLock { shown in
      Platform.write(shown.isEmpty ? record : TerminalLine.erase + record + shown, to: descriptor)
    }
  }

  /// Shows `text` in place of what it showed; an empty one takes the line away.
  package func show(_ text: String) {
    shown.withLock { shown in
      guard text != shown else { return }
      shown = text
      Platform.write(TerminalLine.erase + text, to: descriptor)
    }
  }
}
