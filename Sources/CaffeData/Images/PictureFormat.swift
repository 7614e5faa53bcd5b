/// What the first bytes of a file say that it is.
enum PictureFormat: Equatable {
  case jpeg, png, webp, bmp, gif, pnm
  /// Something else, in words that fit after "is".
  case foreign(String)

  init(_ bytes: UnsafeRawBufferPointer) {
    func begins(_ text: StaticString, at offset: Int = 0) -> Bool {
      guard bytes.count >= offset + text.utf8CodeUnitCount else { return false }
      return (0..<text.utf8CodeUnitCount).allSatisfy { text.utf8Start[$0] == bytes[offset + $0] }
    }
    func begins(_ magic: [UInt8]) -> Bool { bytes.starts(with: magic) }

    if begins([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if begins("RIFF"), begins("WEBP", at: 8) {
      self = .webp
    } else if begins("GIF87a") || begins("GIF89a") {
      self = .gif
    } else if begins("BM") {
      self = .bmp
    } else if begins("P5") || begins("P6") {
      self = .pnm
    } else {
      self = .foreign(PictureFormat.description(ofForeign: bytes, begins: { begins($0, at: $1) }))
    }
  }

  /// The name of the format, with its article.
  var title: String {
    switch self {
    case .jpeg: "a JPEG picture"
    case .png: "a PNG picture"
    case .webp: "a WebP picture"
    case .bmp: "a BMP picture"
    case .gif: "a GIF picture"
    case .pnm: "a PNM picture"
    case .foreign(let words): words
    }
  }

  private static func description(
    ofForeign bytes: UnsafeRawBufferPointer, begins: (StaticString, Int) -> Bool
  ) -> String {
    if bytes.isEmpty { return "empty; replace it" }
    if begins("II*\0", 0) || begins("MM\0*", 0) { return "a TIFF picture; convert it to PNG or JPEG" }
    if begins("ftyp", 4) { return "a HEIF or AVIF picture, or a film; convert it to PNG or JPEG" }
    if begins("8BPS", 0) { return "a Photoshop file; convert it to PNG or JPEG" }
    if begins("jP  ", 4) { return "a JPEG 2000 picture; convert it to PNG or JPEG" }
    if begins("P1", 0) || begins("P2", 0) || begins("P3", 0) || begins("P4", 0) {
      return "a PNM picture of a kind that isn't read; convert it to PNG"
    }
    if begins("version https://git-lfs", 0) { return "a pointer of git-lfs, not the picture itself; run git lfs pull" }
    if begins("%PDF", 0) { return "a PDF document, not a picture; convert it to PNG or JPEG" }
    if begins("PK\u{3}\u{4}", 0) || bytes.starts(with: [0x1F, 0x8B]) { return "an archive, not a picture; unpack it" }
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }.lowercased()
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<head") {
      return "a web page, not a picture; download the picture again"
    }
    if start.hasPrefix("<svg") || start.hasPrefix("<?xml") {
      return "an XML or SVG text, not a picture of pixels; convert it to PNG"
    }
    if bytes.allSatisfy({ $0 == 0 }) { return "nothing but zeros, as a broken-off download leaves; replace it" }
    if bytes.prefix(200).allSatisfy({ $0 >= 32 || (9...13).contains($0) }), !text.contains("\u{FFFD}") {
      return "a text, not a picture; check the path"
    }
    return "no picture of a kind that is read (JPEG, PNG, WebP, BMP, GIF, PNM); convert it to PNG or JPEG"
  }
}
