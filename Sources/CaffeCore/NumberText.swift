#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A number as C's `%.<digits>g` prints it, whatever the locale: the form of Caffe's logs and text files.
package func generalFormat(_ value: Double, digits: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 64)
  let length = withVaList([digits, value]) { vsnprintf(&buffer, buffer.count, "%.*g", $0) }
  let bytes = buffer.prefix(max(0, min(Int(length), buffer.count - 1))).map { UInt8(bitPattern: $0) }
  return String(decoding: bytes.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
}

extension Float {
  /// Six significant digits, as C++ streams print a float: `0.00992565`, `1e-05`.
  public var general: String { Double(self).general }
}

extension Double {
  /// Six significant digits, as C++ streams print a double.
  public var general: String { generalFormat(self, digits: 6) }
}
