import CaffeCore
import CaffeNet

/// A checkpoint beside a solver state: which files it belongs to, and what those forget.
struct Checkpoint {
  /// A file that belongs to it.
  struct Part: Equatable {
    let name: String
    let size: Int64
    let sum: UInt64

    /// Looks at the file at `path`, which the checkpoint shall know as `name`.
    init(name: String, path: String) throws {
      let found = try Checksum.of(file: path)
      self.name = name
      (size, sum) = (Int64(found.size), found.sum)
    }

    init(name: String, _ record: CheckpointRecord) throws {
      self.name = name
      size = try record.integer("size")
      sum = UInt64(bitPattern: try record.integer("checksum"))
    }

    var record: CheckpointRecord { CheckpointRecord(integers: ["size": size, "checksum": Int64(bitPattern: sum)]) }
  }

  /// Names in `CheckpointFile.records`.
  enum Section {
    static let run = "run"
    static let loss = "loss"
    static let files = "file/"
    static let states = "state/"

    /// The data cursors of a net; nets are called `train`, `test0`, …
    static func cursors(_ net: String) -> String { "cursors/\(net)" }
    /// What a layer carries.
    static func layer(_ net: String, _ layer: Int) -> String { "layer/\(net)/\(layer)" }
  }

  var content: CheckpointFile
  let run: CheckpointRecord
  let parts: [Part]
  /// What errors call the file.
  let file: String

  /// The name of the checkpoint beside the state `file`.
  static func name(beside state: String) -> String {
    for ending in [".solverstate", ".solverstate.h5"] where state.hasSuffix(ending) {
      return state.dropLast(ending.count) + ".checkpoint"
    }
    return state + ".checkpoint"
  }

  /// Reads the checkpoint of the state `file`, and checks it and the files it belongs to.
  ///
  /// - Returns: `nil` where there is none for it: a snapshot of the original's.
  /// - Throws: `CaffeError` when it or one of the files is missing, cut or damaged.
  init?(beside state: String, context: Context) throws {
    file = Checkpoint.name(beside: state)
    guard SystemCalls.kind(of: context.path(file)) != .missing else { return nil }
    content = try CheckpointFile(context.path(file), file: file)
    guard let run = content.records[Section.run] else {
      throw CaffeError(.corrupt, file: file, "the checkpoint says nothing of the run; go on from another snapshot")
    }
    self.run = run
    parts = try content.records.filter { $0.key.hasPrefix(Section.files) }.sorted { $0.key < $1.key }.map {
      try Part(name: String($0.key.dropFirst(Section.files.count)), $0.value)
    }
    guard parts.contains(where: { $0.name == SystemCalls.name(of: state) }) else { return nil }
    for part in parts { try check(part, in: SystemCalls.folder(of: state), context) }
  }

  private func check(_ part: Part, in folder: String, _ context: Context) throws {
    let path = folder == "." ? part.name : "\(folder)/\(part.name)"
    guard SystemCalls.kind(of: context.path(path)) == .regular else {
      throw CaffeError(.file, file: file, "the snapshot is incomplete: there is no \"\(path)\"; go on from another one")
    }
    let found = try Part(name: part.name, path: context.path(path))
    guard found.size == part.size else {
      throw CaffeError(
        .corrupt, file: path,
        "the file has \(found.size) bytes, but had \(part.size) when \"\(file)\" was written: it was cut or replaced; "
          + "go on from another snapshot")
    }
    guard found == part else {
      throw CaffeError(
        .corrupt, file: path,
        "the content isn't that of when \"\(file)\" was written: the file was damaged or replaced; go on from another "
          + "snapshot")
    }
  }

  /// The seed of the run that wrote it.
  func seed() throws -> UInt64 { UInt64(bitPattern: try run.integer("seed")) }
}
