import Caffe
import Foundation
import Testing

@Suite struct SyntheticDigitsTests {
  @Test func theSameSeedDrawsTheSameDigits() {
    let first = SyntheticDigits(seed: 3).make(50, of: .train)
    #expect(first == SyntheticDigits(seed: 3).make(50, of: .train))
    #expect(first.pixels != SyntheticDigits(seed: 4).make(50, of: .train).pixels)
    #expect(first.pixels != SyntheticDigits(seed: 3).make(50, of: .test).pixels)
    let longer = SyntheticDigits(seed: 3).make(60, of: .train)
    #expect(first.pixels == Array(longer.pixels.prefix(50 * 784)))
  }

  @Test func everyMachineDrawsTheSame() {
    let made = SyntheticDigits(seed: 1).make(20, of: .train)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in made.pixels { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    #expect(made.labels == [8, 0, 9, 5, 7, 9, 3, 0, 6, 0, 9, 5, 1, 5, 6, 3, 7, 5, 1, 6])
    #expect(hash == 17_443_338_369_865_992_199)
  }

  @Test func everyDigitComesAboutAsOften() {
    let labels = SyntheticDigits(seed: 1).make(2000, of: .test).labels
    for digit in 0..<10 { #expect((140...260).contains(labels.count { $0 == digit })) }
  }

  @Test func picturesLookLikeInkOnPaper() {
    let made = SyntheticDigits(seed: 1).make(500, of: .train)
    for index in 0..<500 {
      let picture = made.pixels[index * 784..<(index + 1) * 784]
      let inked = picture.count { $0 > 127 }
      #expect((20...330).contains(inked), "picture \(index) has \(inked) dark pixels")
    }
  }

  @Test func theFourFilesAreThoseOfMNIST() throws {
    let folder = try TemporaryFolder()
    try SyntheticDigits(seed: 1).write(train: 30, test: 10, to: folder.at("made"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.at("made")).sorted() == [
        "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"
      ])
    let images = try IDXFile(folder.at("made/train-images-idx3-ubyte"), content: .images)
    #expect(images.extents == [30, 28, 28])
    let made = SyntheticDigits(seed: 1).make(30, of: .train)
    #expect(images.withItem(29) { [UInt8]($0) } == Array(made.pixels.suffix(784)))
  }

  @Test func aUselessCountOrFolderIsRefused() throws {
    let folder = try TemporaryFolder()
    let digits = SyntheticDigits(seed: 1)
    #expect(message { try digits.write(train: 0, test: 1, to: folder.at("a")) }.contains("give 1"))
    try Data().write(to: URL(fileURLWithPath: folder.at("file")))
    #expect(message { try digits.write(train: 1, test: 1, to: folder.at("file/a")) }.contains("file/a"))
    #expect(folder.contents == ["file"])
  }
}
