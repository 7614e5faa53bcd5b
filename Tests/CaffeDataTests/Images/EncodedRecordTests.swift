import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct EncodedRecordTests {
  private func encoded(_ name: String, label: Int32) throws -> Datum {
    var datum = Datum()
    datum.data = Data(try PictureFixtures.bytes(name))
    datum.encoded = true
    datum.label = label
    return datum
  }

  @Test func theDataLayerDecodesRecords() throws {
    let folder = try TemporaryFolder()
    try makeDatabase(
      folder.file("db"), .lmdb, [("a", encoded("color.png", label: 4)), ("b", encoded("color.jpg", label: 5))])
    let bench = try LayerBench(folder.file("db"), batch: 2)
    try bench.forward()
    #expect(bench.tops[0].shape == [2, 3, 13, 10])
    let planes = try ["color.png", "color.jpg"].flatMap {
      try Picture.read(file: PictureFixtures.file($0)).planes().map(Float.init)
    }
    #expect(bench.tops[0].data.values == planes)
    #expect(bench.tops[1].data.values == [4, 5])
  }

  @Test func channelsCanBeForced() throws {
    let folder = try TemporaryFolder()
    try makeDatabase(folder.file("db"), .lmdb, [("a", encoded("gray.png", label: 0))])
    #expect(try LayerBench(folder.file("db"), batch: 1).layerShape() == [1, 1, 13, 10])
    #expect(try LayerBench(folder.file("db"), batch: 1) { $0.transformParam.forceColor = true }.layerShape()[1] == 3)
    #expect(try LayerBench(folder.file("db"), batch: 1) { $0.dataParam.forceEncodedColor = true }.layerShape()[1] == 3)
    try makeDatabase(folder.file("colors"), .lmdb, [("a", encoded("color.png", label: 0))])
    #expect(try LayerBench(folder.file("colors"), batch: 1) { $0.transformParam.forceGray = true }.layerShape()[1] == 1)
  }

  @Test func aDamagedRecordIsNamed() throws {
    let folder = try TemporaryFolder()
    var damaged = try encoded("color.png", label: 1)
    damaged.data.removeLast(40)
    try makeDatabase(folder.file("db"), .lmdb, [("first", encoded("color.png", label: 4)), ("second", damaged)])
    let bench = try LayerBench(folder.file("db"), batch: 2)
    let text = message { try bench.forward() }
    #expect(text.contains("the record with key second is a PNG picture that can't be decoded"))
  }

  /// Pictures and databases of `convert_imageset`; only where `CAFFE_REFERENCE_DIR` has them.
  @Test func databasesOfTheOriginalHoldWhatWeRead() throws {
    let folder = ReferenceFolder.path + "/data"
    guard FileManager.default.fileExists(atPath: folder + "/images/cat.jpg") else {
      print("skipped: the original's pictures, which need CAFFE_REFERENCE_DIR")
      return
    }
    for (database, height, width, color) in [("rgb_lmdb", 40, 56, Picture.Color.color), ("gray_lmdb", 32, 32, .gray)] {
      let reader = try RecordStore.open("\(folder)/\(database)", backend: .lmdb)
      var count = 0
      while try reader.next() {
        let name = String(reader.keyText.drop { $0 != "_" }.dropFirst())
        let picture = try Picture.read(file: "\(folder)/images/\(name)", color: color)
        let record = try DatumView(reader.value)
        let planes = try picture.resized(height: height, width: width).planes()
        #expect(record.data.count == planes.count)
        let largest = zip(record.data, planes).map { abs(Int($0) - Int($1)) }.max()
        #expect(try #require(largest) <= 1, "\(name)")
        count += 1
      }
      #expect(count == 3)
    }
  }
}

extension LayerBench {
  fileprivate func layerShape() -> Shape { tops[0].shape }
}
