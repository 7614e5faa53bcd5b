import Foundation
import SwiftProtobuf

extension LayerParameter {
  /// The first field that is no finite number, by its path, and its value; blobs aren't looked at.
  ///
  /// The bounds of Clip may be infinite: so is a bound that isn't wanted given.
  package var nonFiniteField: (path: String, value: Double)? {
    var finder = NonFiniteFinder(message: LayerParameter.self, path: "")
    // It throws nothing of its own; a visit of the message's fields has no other way to fail.
    try? traverse(visitor: &finder)
    return finder.found
  }
}

/// Looks at every number of a message and of the messages in it.
private struct NonFiniteFinder: Visitor {
  private let type: Schema.MessageType?
  private let path: String
  private let allowsInfinity: Bool
  var found: (path: String, value: Double)?

  init<M: Message>(message: M.Type, path: String) {
    // The names of messages have the schema's package before them.
    let name = M.protoMessageName.split(separator: ".").last.map(String.init) ?? ""
    type = Schema.caffe.messages[name]
    self.path = path
    allowsInfinity = name == "ClipParameter"
  }

  private func path(of number: Int) -> String {
    let name = type?[number: number]?.name ?? "field \(number)"
    return path.isEmpty ? name : "\(path).\(name)"
  }

  mutating func visitSingularDoubleField(value: Double, fieldNumber: Int) throws {
    guard found == nil, !value.isFinite, value.isNaN || !allowsInfinity else { return }
    found = (path(of: fieldNumber), value)
  }

  mutating func visitSingularMessageField<M: Message>(value: M, fieldNumber: Int) throws {
    guard found == nil, M.self != BlobProto.self else { return }
    var inner = NonFiniteFinder(message: M.self, path: path(of: fieldNumber))
    try value.traverse(visitor: &inner)
    found = inner.found
  }

  mutating func visitSingularInt64Field(value: Int64, fieldNumber: Int) throws {}
  mutating func visitSingularUInt64Field(value: UInt64, fieldNumber: Int) throws {}
  mutating func visitSingularBoolField(value: Bool, fieldNumber: Int) throws {}
  mutating func visitSingularStringField(value: String, fieldNumber: Int) throws {}
  mutating func visitSingularBytesField(value: Data, fieldNumber: Int) throws {}
  mutating func visitSingularEnumField<E: SwiftProtobuf.Enum>(value: E, fieldNumber: Int) throws {}
  mutating func visitMapField<Key, Value: MapValueType>(
    fieldType: _ProtobufMap<Key, Value>.Type, value: _ProtobufMap<Key, Value>.BaseType, fieldNumber: Int
  ) throws {}
  mutating func visitMapField<Key, Value>(
    fieldType: _ProtobufEnumMap<Key, Value>.Type, value: _ProtobufEnumMap<Key, Value>.BaseType, fieldNumber: Int
  ) throws where Value.RawValue == Int {}
  mutating func visitMapField<Key, Value>(
    fieldType: _ProtobufMessageMap<Key, Value>.Type, value: _ProtobufMessageMap<Key, Value>.BaseType, fieldNumber: Int
  ) throws {}
  mutating func visitUnknown(bytes: Data) throws {}
}
