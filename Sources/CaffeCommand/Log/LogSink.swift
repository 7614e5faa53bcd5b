import Caffe
import Foundation
import Synchronization

/// Where log lines are written: standard error, and a file for each severity that occurs.
package final class LogSink: Sendable {
  private let settings: LogSettings
  private let program: String
  private let terminal: TerminalLine
  private let files = Mutex<[Severity: Int32]>([:])

  /// Makes a sink for `program`, which writes above the line `terminal`; a log folder that isn't there is made.
  ///
  /// - Throws: `CaffeError` of code `file` when the folder can't be made or written to.
  package init(_ settings: LogSettings, program: String, terminal: TerminalLine = TerminalLine()) throws {
    self.settings = settings
    self.program = program
    self.terminal = terminal
    guard writesFiles, let directory = settings.directory else { return }
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw LogSink.unusable(directory, error.localizedDescription)
    }
    guard FileManager.default.isWritableFile(atPath: directory) else {
      throw LogSink.unusable(directory, "it isn't writable")
    }
  }

  private var writesFiles: Bool { settings.directory != nil && !settings.toStandardError }

  private static func unusable(_ directory: String, _ reason: String) -> CaffeError {
    CaffeError(.file, file: directory, "no log can be written to this folder (\(reason)); give another --log_dir")
  }

  /// Writes one record, whole, to wherever a line of `severity` goes.
  package func write(_ record: String, severity: Severity) {
    let onStandardError =
      settings.toStandardError || settings.alsoToStandardError
      || severity.rawValue >= settings.standardErrorThreshold
    files.withLock { files in
      if onStandardError { terminal.write(record) }
      guard writesFiles else { return }
      // A file holds the lines of its own severity and of all above.
      for file in Severity.allCases where file.rawValue <= severity.rawValue {
        if files[file] == nil { files[file] = open(file) }
        if let descriptor = files[file] { Platform.write(record, to: descriptor) }
      }
    }
  }

  /// Opens the file of `severity` and points `PROGRAM.SEVERITY` at it; a full disk must not end a training run, so a
  /// file that can't be made is left out.
  private func open(_ severity: Severity) -> Int32? {
    guard let directory = settings.directory else { return nil }
    let time = Platform.now()
    let name = LogLine.fileName(
      program: program, host: Platform.hostName, user: Platform.userName, severity: severity, time: time,
      process: Platform.process)
    guard let descriptor = Platform.create("\(directory)/\(name)") else { return nil }
    Platform.write(LogLine.fileHeader(host: Platform.hostName, time: time), to: descriptor)
    Platform.link("\(directory)/\(program).\(severity.name)", to: name)
    return descriptor
  }

  deinit {
    files.withLock { files in
      for descriptor in files.values { Platform.close(descriptor) }
    }
  }
}
