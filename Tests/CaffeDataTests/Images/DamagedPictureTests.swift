import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct DamagedPictureTests {
  private func failure(_ bytes: [UInt8], limit: Int = Picture.standardPixelLimit) -> String {
    message { _ = try Picture(decoding: bytes, pixelLimit: limit) }
  }

  @Test func foreignFilesAreNamed() throws {
    let cases: [(String, String)] = [
      ("<!DOCTYPE html><html>", "web page"), ("version https://git-lfs.github.com/spec/v1\noid", "git lfs pull"),
      ("II*\0aaaa", "TIFF"), ("\0\0\0\u{18}ftypheic", "HEIF"), ("", "is empty"), ("path/a.jpg 3\n", "a text"),
      ("<svg xmlns=", "SVG"), ("PK\u{3}\u{4}aaa", "archive"), ("\0\0\0\0", "zeros"), ("\u{1}\u{2}junk", "no picture")
    ]
    for (content, expected) in cases { #expect(failure(Array(content.utf8)).contains(expected), "\(expected)") }
    let folder = try TemporaryFolder()
    try Data("<html>".utf8).write(to: URL(fileURLWithPath: folder.file("a.jpg")))
    let text = message { _ = try Picture.read(file: folder.file("a.jpg")) }
    #expect(text.contains("a.jpg") && text.contains("this file is a web page"))
    #expect(message { _ = try Picture.read(file: folder.file("none.png")) }.contains("none.png"))
    #expect(message { _ = try Picture.read(file: folder.path) }.contains("folder"))
  }

  /// Half a picture is no picture.
  @Test(arguments: [
    "color.jpg", "progressive.jpg", "gray.jpg", "cmyk.jpg", "color.png", "palette.png", "color.bmp", "color.gif",
    "color.webp",
    "color.ppm", "gray.pgm"
  ])
  func cutOffFilesAreRefused(name: String) throws {
    let bytes = try PictureFixtures.bytes(name)
    for length in stride(from: bytes.count - 10, to: 3, by: -7) {
      #expect(failure(Array(bytes[..<length])) != "", "\(name) cut to \(length) bytes")
    }
  }

  @Test func largePicturesAreRefusedByTheirHeaders() throws {
    // The header of a PNG of 60,000 × 60,000, whose pixels aren't even there.
    var bytes = try PictureFixtures.bytes("color.png")
    #expect(failure(bytes, limit: 129).contains("more than the limit of 129"))
    #expect(failure(bytes, limit: 130) == "")
    let size: [UInt8] = [0, 0, 0xEA, 0x60]
    bytes.replaceSubrange(16..<24, with: size + size)
    bytes.replaceSubrange(29..<33, with: checksum(bytes[12..<29]))
    #expect(failure(bytes).contains("60000×60000"))
  }

  @Test func damagedPixelsAreRefused() throws {
    var bytes = try PictureFixtures.bytes("color.png")
    bytes[60] ^= 0xFF
    #expect(failure(bytes).contains("a PNG picture that can't be decoded"))
  }

  /// What follows the picture changes nothing about it.
  @Test func bytesAfterThePictureAreIgnored() throws {
    for name in ["color.jpg", "color.png", "color.bmp", "color.gif"] {
      let bytes = try PictureFixtures.bytes(name)
      #expect(try Picture(decoding: bytes + [1, 2, 3]) == Picture(decoding: bytes), "\(name)")
    }
  }

  /// Ten thousand damaged files end in a picture or an error.
  @Test(arguments: [
    "color.jpg", "progressive.jpg", "cmyk.jpg", "color.png", "palette.png", "deep.png", "color.bmp", "color.gif",
    "color.webp", "color.ppm"
  ])
  func mutatedFilesNeverCrash(name: String) throws {
    let original = try PictureFixtures.bytes(name)
    var random = RandomStream(seed: 6, stream: UInt64(original.count))
    var refused = 0
    for _ in 0..<1000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      if name.hasSuffix("png") { repairChecksums(&bytes) }
      if failure(bytes, limit: 100_000) != "" { refused += 1 }
    }
    #expect(refused > 300)
  }
}

/// Gives every chunk of a PNG the checksum of its content, so that damage reaches the decoder.
private func repairChecksums(_ bytes: inout [UInt8]) {
  var position = 8
  while position + 12 <= bytes.count {
    let length = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard position + 12 + length <= bytes.count else { return }
    let end = position + 8 + length
    bytes.replaceSubrange(end..<end + 4, with: checksum(bytes[(position + 4)..<end]))
    position = end + 4
  }
}

/// The checksum of a PNG's chunk, CRC-32.
private func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var value: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    value ^= UInt32(byte)
    for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }
  return withUnsafeBytes(of: (~value).bigEndian) { Array($0) }
}
