/// A checksum of 64 bits over bytes, to find files that were cut or damaged; no defence against forgery.
///
/// Four lanes of 64-bit words, each multiplied by an odd number and rotated, so that any single changed word changes the sum
/// for certain, and other changes do with all but one chance in 2⁶⁴.
package struct Checksum {
  /// The checksum of `bytes`.
  package static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var lanes = SIMD4<UInt64>(
      0x243F_6A88_85A3_08D3, 0x1319_8A2E_0370_7344, 0xA409_3822_299F_31D0, 0x082E_FA98_EC4E_6C89)
    let wholeEnd = bytes.count & ~31
    for offset in stride(from: 0, to: wholeEnd, by: 32) {
      mix(&lanes, bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self))
    }
    if wholeEnd < bytes.count {
      var rest = SIMD4<UInt64>()
      withUnsafeMutableBytes(of: &rest) {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[wholeEnd...]))
      }
      mix(&lanes, rest)
    }
    var sum = UInt64(bytes.count) &* factor
    for lane in 0..<4 {
      sum = (sum ^ lanes[lane]) &* factor
      sum ^= sum >> 29
    }
    return sum
  }

  /// The checksum of a file's content, and its size.
  ///
  /// - Throws: `CaffeError` when it can't be read.
  package static func of(file path: String) throws -> (sum: UInt64, size: Int) {
    let file = try MappedFile(path)
    return (file.withBytes { of($0) }, file.count)
  }

  /// The checksum of a text.
  package static func of(text: String) -> UInt64 { Array(text.utf8).withUnsafeBytes { of($0) } }

  /// 2⁶⁴ divided by the golden ratio, made odd.
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  private static func mix(_ lanes: inout SIMD4<UInt64>, _ words: SIMD4<UInt64>) {
    let product = (lanes ^ words) &* SIMD4(repeating: factor)
    lanes = product &<< 31 | product &>> 33
  }
}
