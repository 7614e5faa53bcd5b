import CaffeCore
import SwiftProtobuf

/// Reads and writes messages in their binary form: `.caffemodel`, `.solverstate`, `.binaryproto`.
public enum BinaryProto {
  /// Reads the file at `path`, which is mapped rather than loaded.
  ///
  /// Fields that the schema lacks, such as those of other people's layers, are skipped and counted. Old forms
  /// are not upgraded; `NetReader.readWeights` does that too.
  /// - Throws: `CaffeError` if the file is missing, empty, cut off, or of another kind, and says which.
  public static func read<M: Message>(
    _ type: M.Type = M.self, file path: String
  ) throws -> (message: M, unknownFields: Int) {
    try MappedFile(path).withBytes { try decode(type, $0, file: path) }
  }

  /// Reads a message from memory; `file` is what errors call it. See `read`.
  public static func decode<M: Message>(
    _ type: M.Type = M.self, _ bytes: UnsafeRawBufferPointer, file: String
  ) throws -> (message: M, unknownFields: Int) {
    let wanted = wantedKind(type)
    let scan = WireScan(bytes, as: Schema.caffe.type(of: type))
    try check(scan, bytes, wanted, file)
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    do {
      return (try M(serializedBytes: BorrowedBytes(borrowing: bytes), options: options), scan.unknownFields)
    } catch {
      throw CaffeError(
        .corrupt, file: file,
        "the content is damaged and cannot be read as \(name(type)); get or make the file again",
        cause: error)
    }
  }

  /// Writes `message` to the file at `path`: as a whole or, if anything fails, not at all.
  ///
  /// - Throws: `CaffeError` if the folder is missing or not writable or the disk is full.
  public static func write(_ message: some Message, file path: String) throws {
    try write(file: path) { try $0.append(message) }
  }

  /// Writes a message in parts, so that a large one is never in memory as a whole.
  ///
  /// The parts are added up: a net without layers by `append(_:)`, then each layer by `append(_:field:)`.
  public static func write(file path: String, _ body: (MessageStream) throws -> Void) throws {
    try AtomicFile.write(to: path) { try body(MessageStream(writer: $0, path: path)) }
  }

  // MARK: - Checks

  private static func check(
    _ scan: WireScan, _ bytes: UnsafeRawBufferPointer, _ wanted: WireScan.Kind?, _ file: String
  ) throws {
    let name = wanted?.name ?? "a binary message"
    let content = FileContent(bytes)
    if bytes.isEmpty { throw CaffeError(.corrupt, file: file, content.complaint(wanted: name) ?? "") }
    if let fault = scan.fault {
      if content == .empty {
        // Such bytes may be white space, or tags of groups.
        throw CaffeError(
          .corrupt, file: file,
          "this is not \(name): its content (\(bytes.count) bytes) holds no field with a value; check the path, "
            + "or get the file again")
      }
      if let complaint = content.complaint(wanted: name) { throw CaffeError(.corrupt, file: file, complaint) }
      // The fields' types clash where the file is of another kind, so look at the outermost tags alone.
      let outer = WireScan(bytes, as: nil)
      if outer.fault == nil, let found = outer.kind, let wanted, found != wanted {
        throw CaffeError(.corrupt, file: file, "this seems to be \(found.name), not \(name): \(found.use)")
      }
      if content == .text,
        bytes.prefix(1024).contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "{") })
      {
        throw CaffeError(
          .corrupt, file: file, "this is text, perhaps a prototxt, not \(name); check which file goes where")
      }
      throw CaffeError(.corrupt, file: file, message(fault, bytes.count, name))
    }
    let found = scan.kind
    if let wanted, let found, found != wanted {
      throw CaffeError(.corrupt, file: file, "this seems to be \(found.name), not \(name): \(found.use)")
    }
    if scan.isAllUnknown {
      throw CaffeError(.corrupt, file: file, "none of the content belongs into \(name); check the path")
    }
  }

  private static func message(_ fault: WireScan.Fault, _ size: Int, _ name: String) -> String {
    let place = fault.path.isEmpty ? "" : " inside \(fault.path)"
    guard fault.isCut, !fault.path.isEmpty else {
      return
        "the content is not that of \(name): nothing readable at byte \(fault.offset) of \(size)\(place); "
        + "check the path, or get the file again"
    }
    return "the file is cut off: its \(size) bytes end\(place); copy or download it again"
  }

  private static func wantedKind<M: Message>(_: M.Type) -> WireScan.Kind? {
    switch M.protoMessageName {
    case NetParameter.protoMessageName: .weights
    case SolverState.protoMessageName: .solverState
    case BlobProto.protoMessageName: .blob
    case Datum.protoMessageName: .datum
    default: nil
    }
  }

  private static func name<M: Message>(_ type: M.Type) -> String {
    wantedKind(type)?.name ?? M.protoMessageName
  }
}

/// Takes the parts of a message that `BinaryProto.write` writes.
public struct MessageStream {
  let writer: FileWriter
  let path: String

  /// Appends the fields of `part`, which has the type of the whole message.
  public func append(_ part: some Message) throws {
    try writer.write(bytes(of: part))
  }

  /// Appends `part` as the message field with this number.
  public func append(_ part: some Message, field: Int) throws {
    let content = try bytes(of: part)
    var head = WireWriter()
    head.tag(field, .length)
    head.varint(UInt64(content.count))
    try writer.write(head.bytes)
    try writer.write(content)
  }

  private func bytes(of part: some Message) throws -> [UInt8] {
    do {
      return try part.serializedBytes()
    } catch {
      throw CaffeError(
        .value, file: path, "the message cannot be written: it has more than 2 GB", cause: error)
    }
  }
}
