import CaffeCore

/// Files that tell of a training: logs of any Caffe, and metrics files.
public enum RunFile {
  /// Reads the file at `path`, whichever of the two it is.
  ///
  /// - Throws: `CaffeError` when it can't be read, is empty, or tells of no training.
  public static func read(_ path: String) throws -> RunHistory {
    let file = try MappedFile(path)
    var name = SystemCalls.name(of: path)
    for end in [".jsonl", ".log", ".txt"] where name.hasSuffix(end) && name.count > end.count {
      name = String(name.dropLast(end.count))
      break
    }
    let history = try file.withBytes { bytes in
      guard !bytes.isEmpty else {
        throw CaffeError(
          .corrupt, file: path, "the file is empty; give a log of caffe train, or a file of its --metrics")
      }
      return MetricsReader.isMetrics(bytes)
        ? try MetricsReader.read(bytes, name: name, file: path) : LogReader.read(bytes, name: name)
    }
    guard !history.training.isEmpty || !history.tests.isEmpty else {
      let unread = history.unread.summary
      throw CaffeError(
        .corrupt, file: path,
        "no line in it tells of a training, such as \"Iteration 100, loss = 0.2\"\(unread.isEmpty ? "" : "; " + unread); "
          + "give a log of caffe train, or a file of its --metrics")
    }
    return history
  }
}

/// The lines of a file, without their ends, with their numbers from 1 on.
struct ByteLines: Sequence, IteratorProtocol {
  /// A line.
  struct Line {
    var number: Int
    var bytes: Slice<UnsafeRawBufferPointer>
    /// Whether the file ends without ending the line, so that some of it may be missing.
    var isCut: Bool
  }

  private let bytes: UnsafeRawBufferPointer
  private var start: Int
  private var number = 0

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    // A mark of the byte order, as some editors leave it.
    start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  mutating func next() -> Line? {
    guard start < bytes.count else { return nil }
    let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
    var line = bytes[start..<(end ?? bytes.count)]
    while let last = line.last, last == UInt8(ascii: "\r") { line = line.dropLast() }
    // A live line that was written into the same file ends with a return to the line's beginning.
    if let back = line.lastIndex(of: UInt8(ascii: "\r")) { line = line[(back + 1)...] }
    number += 1
    start = (end ?? bytes.count) + 1
    return Line(number: number, bytes: line, isCut: end == nil)
  }
}
