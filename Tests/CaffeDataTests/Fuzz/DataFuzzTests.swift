import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Thousands of damaged records, lists and pictures: each is either read or ends in a `CaffeError`, never in a crash.
///
/// `CAFFE_FUZZ_FILES` sets how many of each kind; `CAFFE_FUZZ_SEED` runs that one alone.
struct DataFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment

  private static var seeds: [UInt64] {
    if let seed = environment["CAFFE_FUZZ_SEED"].flatMap(UInt64.init) { return [seed] }
    return Array(0..<(environment["CAFFE_FUZZ_FILES"].flatMap(UInt64.init) ?? 10_000))
  }

  /// Reads damaged forms of `originals`, one after the other.
  ///
  /// - Parameter read: Reads one; what it throws must be a `CaffeError`.
  private func damage(_ originals: [[UInt8]], _ read: ([UInt8]) throws -> Void) throws {
    var (refused, seen) = (0, 0)
    for seed in Self.seeds {
      var random = RandomStream(seed: 12, stream: seed)
      var bytes = originals[Int(seed % UInt64(originals.count))]
      Damage.apply(to: &bytes, using: &random)
      do {
        try read(bytes)
      } catch let error as CaffeError {
        refused += 1
        if error.message.isEmpty { Issue.record("seed \(seed): an error without words") }
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
      seen += 1
    }
    // Of one seed alone nothing can be said.
    #expect(seen == 1 || (refused > seen / 20 && refused < seen), "\(refused) of \(seen) were refused")
  }

  @Test func records() throws {
    var floats = datum(2, 2, 2, [], label: -3)
    floats.floatData = (0..<8).map { Float($0) }
    floats.floatLabel = [0.5, 2]
    var encoded = try ["color.jpg", "color.png"].map { name in
      var record = Datum()
      record.data = Data(try PictureFixtures.bytes(name))
      record.encoded = true
      return record
    }
    encoded += [floats, datum(3, 4, 5, (0..<60).map { UInt8($0) }, label: 7)]
    var transform = TransformationParameter()
    transform.cropSize = 2
    transform.mirror = true
    let transformer = try DataTransformer(transform, phase: .train, random: RandomStream(seed: 1))
    let decoder = RecordDecoder()
    try damage(encoded.map { try $0.serializedBytes() }) { bytes in
      try bytes.withUnsafeBytes { bytes in
        let record = try decoder.decode(DatumView(bytes))
        let shape = try record.checkedShape()
        var values = [Float](repeating: .nan, count: try transformer.outputShape(of: shape).count)
        values.withUnsafeMutableBufferPointer { target in
          if let start = target.baseAddress { transformer.transform(record, of: shape, number: 0, to: start) }
        }
        // What the record holds as bytes comes out as 0 to 255, all of it.
        #expect(record.hasFloats || values.allSatisfy { (0...255).contains($0) })
        #expect(record.labelCount > 0)
      }
    }
  }

  @Test(arguments: [["color.jpg", "progressive.jpg", "gray.jpg", "cmyk.jpg"], ["color.png", "palette.png", "deep.png"]])
  func pictures(names: [String]) throws {
    try damage(names.map { try PictureFixtures.bytes($0) }) { bytes in
      for color in [Picture.Color.color, .gray] {
        let picture = try Picture(decoding: bytes, color: color, orientation: .apply, pixelLimit: 100_000)
        #expect(picture.pixels.count == picture.height * picture.width * picture.channels)
      }
    }
  }

  @Test func lists() throws {
    let folder = try TemporaryFolder()
    let text = "a.png 0\nb c.jpg 1 \n\n/d/e.JPEG -2.5\nf 1e3\r\n"
    try damage([Array(text.utf8)]) { bytes in
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file("list.txt")))
      let list = try PictureList(folder.file("list.txt"))
      #expect(list.entries.allSatisfy { $0.labels.count == list.labelCount && $0.labels.allSatisfy(\.isFinite) })
    }
  }

  @Test func windows() throws {
    let folder = try TemporaryFolder()
    let text = "# 0\na.png\n3\n10\n12\n2\n7 0.9 2 3 5 8\n2 0.4 0 0 3 3\n# 1\nb.png\n3\n10\n12\n0\n"
    try damage([Array(text.utf8)]) { bytes in
      let path = folder.file("windows.txt")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      _ = try WindowList(path, name: path, foregroundThreshold: 0.5, backgroundThreshold: 0.5)
    }
  }
}

/// What may happen to a file.
enum Damage {
  /// Changes, doubles, moves or loses some bytes.
  static func apply(to bytes: inout [UInt8], using random: inout RandomStream) {
    for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0...2: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 4: bytes[place] = [0, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
      case 5: bytes.insert(bytes[place], at: Int.random(in: 0...bytes.count, using: &random))
      case 6: bytes.remove(at: place)
      default: if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeLast(bytes.count - place) }
      }
    }
  }
}
