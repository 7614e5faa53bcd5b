/// How a camera was held, from the notes in a JPEG file.
///
/// Source: the Exif standard (CIPA DC-008), tag 0x0112 of the first directory.
enum ExifOrientation: UInt16 {
  case mirrored = 2
  case upsideDown
  case mirroredUpsideDown
  case transposed
  case turnedRight
  case transversed
  case turnedLeft

  /// Looks through the segments before the picture; nil where there is no note, it is damaged, or nothing is to be done.
  init?(jpeg bytes: UnsafeRawBufferPointer) {
    var position = 2
    while position + 4 <= bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      if marker == 0xFF {
        position += 1
        continue
      }
      // The picture itself, or its end.
      if marker == 0xDA || marker == 0xD9 { return nil }
      let length = Int(bytes[position + 2]) << 8 | Int(bytes[position + 3])
      guard length >= 2, position + 2 + length <= bytes.count else { return nil }
      let content = UnsafeRawBufferPointer(rebasing: bytes[(position + 4)..<(position + 2 + length)])
      if marker == 0xE1, content.starts(with: Array("Exif\0\0".utf8)) {
        let found = ExifOrientation.value(in: UnsafeRawBufferPointer(rebasing: content.dropFirst(6)))
        guard let found, let orientation = ExifOrientation(rawValue: found) else { return nil }
        self = orientation
        return
      }
      position += 2 + length
    }
    return nil
  }

  private static func value(in notes: UnsafeRawBufferPointer) -> UInt16? {
    guard notes.count >= 8 else { return nil }
    let isBig = notes[0] == UInt8(ascii: "M")
    func short(_ offset: Int) -> UInt16? {
      guard offset >= 0, offset + 2 <= notes.count else { return nil }
      let value = notes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
      return isBig ? UInt16(bigEndian: value) : UInt16(littleEndian: value)
    }
    let start = notes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    let directory = Int(isBig ? UInt32(bigEndian: start) : UInt32(littleEndian: start))
    guard short(2) == 42, let count = short(directory) else { return nil }
    for entry in 0..<Int(count) {
      let offset = directory + 2 + entry * 12
      guard let tag = short(offset) else { return nil }
      if tag == 0x0112 { return short(offset + 8) }
    }
    return nil
  }
}

extension Picture {
  /// The picture upright, given how it was taken.
  func turned(_ orientation: ExifOrientation) -> Picture {
    let swaps = orientation.rawValue >= ExifOrientation.transposed.rawValue
    let height = swaps ? width : self.height
    let width = swaps ? self.height : self.width
    let fromRight: Bool
    let fromBottom: Bool
    switch orientation {
    case .mirrored: (fromRight, fromBottom) = (true, false)
    case .upsideDown: (fromRight, fromBottom) = (true, true)
    case .mirroredUpsideDown: (fromRight, fromBottom) = (false, true)
    case .transposed: (fromRight, fromBottom) = (false, false)
    case .turnedRight: (fromRight, fromBottom) = (false, true)
    case .transversed: (fromRight, fromBottom) = (true, true)
    case .turnedLeft: (fromRight, fromBottom) = (true, false)
    }
    return Picture(height: height, width: width, channels: channels) { target in
      withPixels { source in
        for row in 0..<height {
          for column in 0..<width {
            let (y, x) = swaps ? (column, row) : (row, column)
            let from = (fromBottom ? self.height - 1 - y : y) * self.width + (fromRight ? self.width - 1 - x : x)
            let to = row * width + column
            for channel in 0..<channels { target[to * channels + channel] = source[from * channels + channel] }
          }
        }
      }
    }
  }
}
