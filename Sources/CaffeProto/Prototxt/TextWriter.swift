import CaffeCore
import SwiftProtobuf

extension Message {
  /// The message as prototxt, in the form that Caffe's logs print: two spaces a level, fields by number.
  public func prototxt() -> String {
    guard let type = Schema.caffe.type(of: Self.self),
      let bytes: [UInt8] = try? serializedBytes(partial: true)
    else {
      return textFormatString()
    }
    var writer = TextWriter()
    bytes.withUnsafeBytes { writer.write($0, type, indent: 0) }
    return writer.text
  }
}

/// Prints the binary form of a message, which has its fields in the order of their numbers already.
private struct TextWriter {
  var text = ""

  mutating func write(_ bytes: UnsafeRawBufferPointer, _ type: Schema.MessageType, indent: Int) {
    let margin = String(repeating: " ", count: indent)
    var reader = WireReader(bytes)
    while let (number, value) = reader.next() {
      guard let field = type[number: number] else { continue }
      switch (value, field.type) {
      case (.block(let content), .message(let name)):
        guard let inner = Schema.caffe.messages[name] else { continue }
        text += "\(margin)\(field.name) {\n"
        write(content, inner, indent: indent + 2)
        text += "\(margin)}\n"
      case (.block(let content), .string), (.block(let content), .bytes):
        text += "\(margin)\(field.name): \"\(escaped(content))\"\n"
      case (.block(let content), _):
        var packed = WireReader(content)
        while let value = packed.value(field.wireType) {
          text += "\(margin)\(field.name): \(scalar(value, field))\n"
        }
      default: text += "\(margin)\(field.name): \(scalar(value, field))\n"
      }
    }
  }

  private func scalar(_ value: WireReader.Value, _ field: Schema.Field) -> String {
    switch (value, field.type) {
    case (.number(let bits), .bool): bits == 0 ? "false" : "true"
    case (.number(let bits), .enumeration(let name)):
      Schema.caffe.enums[name]?.name(of: Int(truncatingIfNeeded: bits)) ?? "\(Int64(bitPattern: bits))"
    case (.number(let bits), .uint32): "\(UInt32(truncatingIfNeeded: bits))"
    case (.number(let bits), .float): shortest(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case (.number(let bits), .double): shortest(Double(bitPattern: bits))
    case (.number(let bits), _): "\(Int64(bitPattern: bits))"
    case (.block, _): ""
    }
  }

  /// Six digits where they give the value back, else nine: protobuf's rule.
  private func shortest(_ value: Float) -> String {
    if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let short = generalFormat(Double(value), digits: 6)
    return Float(short) == value ? short : generalFormat(Double(value), digits: 9)
  }

  private func shortest(_ value: Double) -> String {
    if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let short = generalFormat(value, digits: 15)
    return Double(short) == value ? short : generalFormat(value, digits: 17)
  }

  private func escaped(_ bytes: UnsafeRawBufferPointer) -> String {
    var text = ""
    for byte in bytes {
      switch byte {
      case 10: text += "\\n"
      case 13: text += "\\r"
      case 9: text += "\\t"
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"):
        text += "\\\(Character(UnicodeScalar(byte)))"
      case 32..<127: text += String(UnicodeScalar(byte))
      default:
        let octal = String(byte, radix: 8)
        text += "\\" + String(repeating: "0", count: 3 - octal.count) + octal
      }
    }
    return text
  }
}
