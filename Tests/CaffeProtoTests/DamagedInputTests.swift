import CaffeCore
import CaffeProto
import Testing

/// Whatever the bytes are, reading ends with a message or a `CaffeError`.
@Suite struct DamagedInputTests {
  /// A small generator whose draws are the same in every run.
  private struct Draws: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  private let net = """
    name: "n" input: "a" input_dim: [1, 2, 3, 0x4]
    layers { name: 'c' type: CONVOLUTION blobs_lr: 1. convolution_param { num_output: 2 kernel_size: 3 } }
    layers { layer { name: "p" type: "pool" pool: AVE } bottom: "a" blobs: < data: [1, -2.5e3] > }
    """

  /// A copy with one to four bytes replaced, removed or added.
  private func damaged(_ bytes: [UInt8], _ draws: inout Draws, _ letters: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &draws) {
      let place = Int.random(in: bytes.indices, using: &draws)
      let letter = letters.randomElement(using: &draws) ?? 0
      switch UInt8.random(in: 0..<3, using: &draws) {
      case 0: bytes[place] = letter
      case 1: bytes.remove(at: place)
      default: bytes.insert(letter, at: place)
      }
    }
    return bytes
  }

  @Test func damagedTextIsReadOrRefused() throws {
    var draws = Draws(state: 1)
    let letters = Array("{}<>[]:;,\"'\\#-.0129xef \n\r\u{e9}".utf8)
    var refused = 0
    for _ in 0..<1_000 {
      let text = String(decoding: damaged(Array(net.utf8), &draws, letters), as: UTF8.self)
      for policy in [UnknownFieldPolicy.error, .lenient] {
        do {
          _ = try NetReader.parseNet(text: text, unknownFields: policy)
        } catch {
          #expect(error is CaffeError)
          refused += 1
        }
      }
    }
    #expect(refused > 500)
  }

  @Test func damagedWeightsAreReadOrRefused() throws {
    var draws = Draws(state: 2)
    let whole: [UInt8] = try Prototxt.parse(NetParameter.self, text: net).serializedBytes()
    var refused = 0
    for _ in 0..<2_000 {
      let bytes = damaged(whole, &draws, Array(0...255))
      do {
        var (read, _) = try bytes.withUnsafeBytes { try BinaryProto.decode(NetParameter.self, $0, file: "f") }
        try read.upgrade(source: "f", unknownFields: .lenient)
      } catch {
        #expect(error is CaffeError)
        refused += 1
      }
    }
    #expect(refused > 500)
  }
}
