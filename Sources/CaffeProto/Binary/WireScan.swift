/// One pass over a binary message against the schema: counts the fields that the schema lacks, finds a cut or
/// broken message before the decoder meets it, and tells what kind of file it seems to be.
struct WireScan {
  /// The kinds of files that hold one binary message.
  enum Kind: Equatable {
    case weights, solverState, blob, datum

    /// What it is, with its usual ending.
    var name: String {
      switch self {
      case .weights: "a weights file (.caffemodel)"
      case .solverState: "a solver state (.solverstate)"
      case .blob: "a blob, such as a mean file (.binaryproto)"
      case .datum: "a database record"
      }
    }

    /// Where such a file belongs.
    var use: String {
      switch self {
      case .weights: "give it to --weights"
      case .solverState: "give it to --snapshot"
      case .blob: "name it as mean_file"
      case .datum: "read it from its database"
      }
    }
  }

  /// A message that does not hold together.
  struct Fault: Error {
    /// Whether the bytes end too early; else they are no message at all.
    var isCut: Bool
    var offset: Int
    /// The fields that led there: `layer[3].blobs[0].data`.
    var path: String
  }

  private(set) var unknownFields = 0
  private(set) var fault: Fault?
  /// The outermost fields and their wire types.
  private var tags: Set<Int> = []
  private var knownFields = 0

  init(_ bytes: UnsafeRawBufferPointer, as type: Schema.MessageType?) {
    do {
      try scan(bytes, 0, bytes.count, type, depth: 0)
    } catch {
      fault = error
    }
  }

  /// Whether it has at least one field, and all of them are unknown.
  var isAllUnknown: Bool { knownFields == 0 && !tags.isEmpty }

  /// What the outermost fields look like.
  var kind: Kind? {
    func has(_ field: Int, _ wire: Int) -> Bool { tags.contains(field << 3 | wire) }
    if has(100, 2) || (has(2, 2) && !has(1, 0)) { return .weights }
    if has(1, 0), has(2, 2) || has(3, 2) { return .solverState }
    if has(1, 0), has(4, 2) { return .datum }
    if has(5, 2) || has(5, 5) || (has(7, 2) && !has(1, 2)) { return .blob }
    return nil
  }

  private mutating func scan(
    _ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ type: Schema.MessageType?, depth: Int
  ) throws(Fault) {
    var index = start
    var counts: [Int: Int] = [:]
    while index < end {
      let fieldStart = index
      let tag = try varint(bytes, &index, end)
      guard tag >> 3 >= 1, tag >> 3 < 1 << 29 else { throw Fault(isCut: false, offset: fieldStart, path: "") }
      let number = Int(tag >> 3)
      let wire = Int(tag & 7)
      let field = type?[number: number]
      if depth == 0 { tags.insert(number << 3 | wire) }
      if type != nil, field?.takes(wire) != true { unknownFields += 1 } else { knownFields += 1 }
      var position = 0
      if case .message = field?.type {
        position = counts[number, default: 0]
        counts[number] = position + 1
      }
      do {
        try skip(bytes, &index, end, wire, field, depth)
      } catch {
        throw Fault(isCut: error.isCut, offset: error.offset, path: joined(field, position, error.path))
      }
    }
  }

  private mutating func skip(
    _ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int, _ wire: Int, _ field: Schema.Field?,
    _ depth: Int
  ) throws(Fault) {
    var length: UInt64 = 0
    switch wire {
    case 0: _ = try varint(bytes, &index, end)
    case 1: length = 8
    case 5: length = 4
    case 2: length = try varint(bytes, &index, end)
    default: throw Fault(isCut: false, offset: index, path: "")
    }
    guard length <= UInt64(end - index) else { throw Fault(isCut: true, offset: index, path: "") }
    let next = index + Int(length)
    if wire == 2, case .message(let name) = field?.type, depth < 20 {
      try scan(bytes, index, next, Schema.caffe.messages[name], depth: depth + 1)
    }
    index = next
  }

  private func varint(_ bytes: UnsafeRawBufferPointer, _ index: inout Int, _ end: Int) throws(Fault) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard index < end else { throw Fault(isCut: true, offset: index, path: "") }
      let byte = bytes[index]
      index += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Fault(isCut: false, offset: index, path: "")
  }

  private func joined(_ field: Schema.Field?, _ position: Int, _ rest: String) -> String {
    guard let field else { return rest }
    var name = field.name
    if case .message = field.type, field.label == .repeated { name += "[\(position)]" }
    return rest.isEmpty ? name : "\(name).\(rest)"
  }
}

extension Schema.Field {
  /// The wire type of one value.
  var wireType: Int {
    switch type {
    case .int32, .int64, .uint32, .bool, .enumeration: 0
    case .double: 1
    case .float: 5
    case .string, .bytes, .message: 2
    }
  }

  /// Whether a value of this wire type is read; lists of numbers may be packed or not.
  func takes(_ wire: Int) -> Bool { wire == wireType || (label == .repeated && wire == 2) }
}
