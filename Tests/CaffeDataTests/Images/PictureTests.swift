import Caffe
import CaffeTestSupport
import Foundation
import Testing

enum PictureFixtures {
  static let path = Fixtures.root + "/Tests/Fixtures/images"
  static func file(_ name: String) -> String { "\(path)/\(name)" }
  static func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: file(name))))
  }
}

/// The largest difference between a picture's values and others; nil where their numbers differ.
func difference(_ picture: Picture, _ expected: [Float]) -> Float? {
  guard picture.pixels.count == expected.count else { return nil }
  return zip(picture.pixels, expected).map { abs(Float($0) - $1) }.max()
}

struct PictureTests {
  /// What OpenCV and Pillow made of the same files; see `make_images.py`.
  @Test func readsAsOpenCV() throws {
    let tensors = try readSafetensors(PictureFixtures.file("expected.safetensors"))
    var count = 0
    for (name, tensor) in tensors where !name.hasPrefix("resized") {
      let parts = name.split(separator: "/")
      let picture = try Picture.read(
        file: PictureFixtures.file(String(parts[0])), color: parts[1] == "gray" ? .gray : .color)
      #expect([picture.height, picture.width, picture.channels] == tensor.shape, "\(name)")
      // Inks become light by rounding here, by a shift there.
      let limit: Float = name.hasPrefix("cmyk") ? 2 : 1
      #expect(try #require(difference(picture, tensor.values)) <= limit, "\(name)")
      count += 1
    }
    #expect(count == 29)
  }

  @Test func resizesAsOpenCV() throws {
    let tensors = try readSafetensors(PictureFixtures.file("expected.safetensors"))
    let picture = try Picture.read(file: PictureFixtures.file("color.png"))
    var count = 0
    for (name, tensor) in tensors where name.hasPrefix("resized") {
      let resized = try picture.resized(height: tensor.shape[0], width: tensor.shape[1])
      #expect(try #require(difference(resized, tensor.values)) == 0, "\(name)")
      count += 1
    }
    #expect(count == 7)
    #expect(throws: CaffeError.self) { try picture.resized(height: 0, width: 4) }
    #expect(throws: CaffeError.self) { try picture.resized(height: 65536, width: 65536) }
  }

  @Test func keepsTheChannelsOfTheFile() throws {
    for (name, channels) in [
      "color.jpg": 3, "gray.jpg": 1, "gray.png": 1, "bits.png": 1, "palette.png": 3, "gray.pgm": 1
    ] {
      #expect(try Picture.read(file: PictureFixtures.file(name), color: .asStored).channels == channels, "\(name)")
    }
  }

  @Test func encodesAndDecodes() throws {
    let picture = try Picture.read(file: PictureFixtures.file("color.png"))
    #expect(try Picture(decoding: picture.encoded(as: .png)) == picture)
    #expect(try Picture(decoding: picture.gray().encoded(as: .png), color: .asStored) == picture.gray())
    let folder = try TemporaryFolder()
    try picture.write(to: folder.file("a.jpg"))
    let again = try Picture.read(file: folder.file("a.jpg"))
    #expect(try #require(difference(again, picture.pixels.map(Float.init))) < 80)
    #expect(try Picture(decoding: picture.gray().encoded(as: .jpeg), color: .asStored).channels == 1)
    #expect(throws: CaffeError.self) { try picture.write(to: folder.file("a.tiff")) }
  }

  @Test func planesAreChannelByChannel() throws {
    let picture = Picture(height: 1, width: 2, channels: 3, pixels: [1, 2, 3, 4, 5, 6])
    #expect(picture.planes() == [1, 4, 2, 5, 3, 6])
    let back = picture.planes().withUnsafeBytes { Picture(planes: $0, channels: 3, height: 1, width: 2) }
    #expect(back == picture)
    #expect(picture.cropped(top: 0, left: 1, height: 1, width: 1).pixels == [4, 5, 6])
  }
}

struct OrientationTests {
  /// A grey JPEG of 8×16 whose four quarters have levels of their own, with a camera's note.
  private func jpeg(orientation: UInt8, big: Bool = true) throws -> [UInt8] {
    var pixels: [UInt8] = []
    for row in 0..<16 {
      for column in 0..<32 { pixels.append(UInt8((row < 8 ? 0 : 120) + (column < 16 ? 20 : 80))) }
    }
    let plain = try Picture(height: 16, width: 32, channels: 1, pixels: pixels).encoded(as: .jpeg)
    let head: [UInt8] = big ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1] : [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0]
    let entry: [UInt8] =
      big ? [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0] : [0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0]
    let notes = Array("Exif\0\0".utf8) + head + entry + [0, 0, 0, 0]
    return plain[..<2] + [0xFF, 0xE1, 0, UInt8(notes.count + 2)] + notes + plain[2...]
  }

  /// The levels of the four corners: upper left, upper right, lower left, lower right.
  private func corners(_ picture: Picture) -> [Int] {
    let last = picture.pixels.count - 1
    return [0, picture.width - 1, last - picture.width + 1, last].map {
      // To the nearest of 20, 80, 140, 200.
      (Int(picture.pixels[$0]) + 10) / 60
    }
  }

  /// Which corner of the stored picture each corner of the upright one is, by the note's number.
  private static let uprightCorners: [[Int]] = [
    [0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1], [0, 2, 1, 3], [2, 0, 3, 1], [3, 1, 2, 0], [1, 3, 0, 2],
    [0, 1, 2, 3]
  ]

  @Test(arguments: 1...9)
  func turnsPictures(number: Int) throws {
    let expected = OrientationTests.uprightCorners[number - 1]
    for big in [true, false] {
      let bytes = try jpeg(orientation: UInt8(number), big: big)
      let turned = try Picture(decoding: bytes, color: .gray, orientation: .apply)
      #expect(corners(turned) == expected)
      #expect(turned.height == ((5...8).contains(number) ? 32 : 16))
      #expect(corners(try Picture(decoding: bytes, color: .gray)) == [0, 1, 2, 3])
    }
  }
}
