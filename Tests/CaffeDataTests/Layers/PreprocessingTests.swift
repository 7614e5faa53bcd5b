import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct PreprocessingTests {
  /// The same picture gives the same values by way of a database, in phase TEST, and by what travels with the model.
  @Test func picturesComeAsTheDataLayerGivesThem() throws {
    let folder = try TemporaryFolder()
    let pixels = (0..<(9 * 8 * 3)).map { UInt8($0 * 7 % 256) }
    let picture = Picture(height: 9, width: 8, channels: 3, pixels: pixels)
    try makeDatabase(folder.file("db"), .lmdb, [("a", datum(3, 9, 8, picture.planes()))])
    let net = try oneLayerNet(
      """
      layer { name: "data" type: "Data" top: "data"
        transform_param { crop_size: 5 scale: 0.5 mean_value: 1 mean_value: 2 mean_value: 3 }
        data_param { source: "db" backend: LMDB batch_size: 1 } }
      """, folder: folder)
    try net.forward()
    let top = net.tops[0][0]
    let found = try #require(
      try Preprocessing(
        of: net.layerParameters[0], net.layers[0], shape: top.shape.extents, context: net.context))
    #expect(found.resizeHeight == 9 && found.resizeWidth == 8 && found.height == 5 && found.channels == 3)
    let values = try found.values(of: picture, for: DatumShape(channels: 3, height: 5, width: 5))
    #expect(values == top.data.values)
    try found.write(beside: folder.file("net.caffemodel"))
    #expect(try Preprocessing.beside(folder.file("net.caffemodel")) == found)
    #expect(try Preprocessing.beside(folder.file("other.caffemodel")) == nil)
  }

  @Test func theMeanOfAPictureIsThatOfEachChannel() throws {
    let means = try Preprocessing.channelMeans(file: Fixtures.path + "/mean.binaryproto")
    let blob = try BinaryProto.read(BlobProto.self, file: Fixtures.path + "/mean.binaryproto").message
    #expect(means.count == 3)
    let first = blob.data.prefix(blob.data.count / 3)
    #expect(abs(first.reduce(0, +) / Float(first.count) - means[0]) < 0.01)
  }

  @Test(arguments: [
    "", "[]", "{ \"mean\": \"x\" }", "{ \"height\": -1 }", "{ \"channels\": 2 }", "{ \"resize_height\": 8 }"
  ])
  func damagedDescriptionsAreRefused(text: String) throws {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("m.preprocess.json")))
    #expect(message { _ = try Preprocessing.beside(folder.file("m")) }.contains("m.preprocess.json"))
  }

  @Test func channelsCanComeTheOtherWayRound() throws {
    var preprocessing = Preprocessing()
    preprocessing.channelOrder = .rgb
    let picture = Picture(height: 1, width: 1, channels: 3, pixels: [1, 2, 3])
    let shape = DatumShape(channels: 3, height: 1, width: 1)
    #expect(try preprocessing.values(of: picture, for: shape) == [3, 2, 1])
    preprocessing.mean = [1, 2]
    #expect(throws: CaffeError.self) { try preprocessing.values(of: picture, for: shape) }
  }
}
