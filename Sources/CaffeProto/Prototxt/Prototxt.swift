import CaffeCore
import SwiftProtobuf

/// Reads messages from their text form, prototxt, with the place of every fault.
///
/// Accepts what protobuf's own text format accepts, in any line endings and with a byte-order mark; see
/// Documentation/Prototxt.md. Nets and solvers are better read with `NetReader`, which also upgrades old
/// forms.
public enum Prototxt {
  /// Reads the file at `path` as a message.
  ///
  /// - Parameters:
  ///   - type: the message's type, one of caffe.proto.
  ///   - path: the file.
  ///   - unknownFields: what to do with a field that the schema does not have.
  ///   - notes: takes the warnings.
  /// - Throws: `CaffeError` with file, line and column.
  public static func read<M: Message>(
    _ type: M.Type = M.self, file path: String, unknownFields: UnknownFieldPolicy = .error,
    notes: @escaping NoteHandler = { _ in }
  ) throws -> M {
    try document(type, bytes: textBytes(of: path), fileName: path, unknownFields: unknownFields, notes: notes)
      .message
  }

  /// Reads `text` as a message; `fileName` is what errors call it. See `read`.
  public static func parse<M: Message>(
    _ type: M.Type = M.self, text: String, fileName: String = "<text>",
    unknownFields: UnknownFieldPolicy = .error, notes: @escaping NoteHandler = { _ in }
  ) throws -> M {
    let bytes = Array(text.utf8)
    return try document(type, bytes: bytes, fileName: fileName, unknownFields: unknownFields, notes: notes)
      .message
  }

  /// A message and where the parts are that later errors may be about.
  struct Document<M> {
    var message: M
    /// Where each layer starts, by the path of its net; "" is the file's own.
    var layers: [String: [FileLocation]]
    /// Where the first `input` of each net is.
    var inputs: [String: FileLocation]
    /// Where every field is; empty unless faults were asked for.
    var places: FieldPlaces
  }

  static func document<M: Message>(
    _ type: M.Type, bytes: [UInt8], fileName: String, unknownFields: UnknownFieldPolicy,
    notes: @escaping NoteHandler, faults: ((CaffeError) -> Void)? = nil
  ) throws -> Document<M> {
    guard let messageType = Schema.caffe.type(of: M.self) else {
      throw CaffeError(
        .unsupported, "\(M.protoMessageName) is no message of caffe.proto, so it cannot be read as prototxt")
    }
    var parser = try PrototxtParser(
      bytes, file: fileName, policy: unknownFields, notes: notes, faults: faults)
    let binary = try parser.parse(messageType)
    do {
      // What a passed-over fault leaves out may be a field that must be there.
      let message = try M(serializedBytes: binary, partial: faults != nil)
      return Document(
        message: message, layers: parser.layers, inputs: parser.inputs,
        places: parser.places ?? FieldPlaces(file: fileName))
    } catch {
      throw CaffeError(
        .corrupt, file: fileName, "the text cannot be made into \(messageType.name)", cause: error)
    }
  }

  /// The bytes of a text file; throws if it is something else.
  static func textBytes(of path: String) throws -> [UInt8] {
    try MappedFile(path).withBytes { bytes in
      let content = FileContent(bytes)
      if let complaint = content.complaint(wanted: "a prototxt") {
        throw CaffeError(.corrupt, file: path, complaint)
      }
      if content == .binary {
        let kind =
          WireScan(bytes, as: nil).kind.map { "; it seems to be \($0.name): \($0.use)" } ?? "; check the path"
        throw CaffeError(.corrupt, file: path, "this is binary data, not a prototxt\(kind)")
      }
      return Array(bytes)
    }
  }
}

extension Schema {
  /// The schema's entry for a generated type; nil for a type from elsewhere.
  func type<M: Message>(of type: M.Type) -> MessageType? {
    let name = M.protoMessageName
    return name.hasPrefix("caffe.") ? messages[String(name.dropFirst("caffe.".count))] : nil
  }
}
