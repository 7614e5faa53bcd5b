import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A published model on a hundred pictures; only where `CAFFE_DATA_DIR` and `CAFFE_REFERENCE_DIR` have them.
@Suite(.serialized) struct SqueezeNetTests {
  private let model = ReferenceFolder.path + "/models/squeezenet-deepcompression__squeezenet_v1.0_decoded"

  private var pictures: String? {
    guard let data = Fixtures.realData, FileManager.default.fileExists(atPath: model + "/net.prototxt"),
      FileManager.default.fileExists(atPath: data + "/imagenet/val.txt")
    else {
      print("skipped: SqueezeNet on ImageNet's pictures, which need CAFFE_DATA_DIR and CAFFE_REFERENCE_DIR")
      return nil
    }
    return data + "/imagenet"
  }

  @Test func isAsGoodAsInTheOriginal() throws {
    guard let pictures else { return }
    var parameter = try NetReader.readNet(file: model + "/net.prototxt").net
    let data = try Prototxt.parse(
      NetParameter.self,
      text: """
        layer { name: "data" type: "ImageData" top: "data" top: "label"
          transform_param { mean_value: 104 mean_value: 117 mean_value: 123 }
          image_data_param { source: "\(pictures)/val.txt" root_folder: "\(pictures)/images/" batch_size: 10
            new_height: 227 new_width: 227 } }
        layer { name: "one" type: "Accuracy" bottom: "pool_final" bottom: "label" top: "top1" }
        layer { name: "five" type: "Accuracy" bottom: "pool_final" bottom: "label" top: "top5" accuracy_param { top_k: 5 } }
        """)
    parameter.layer = [data.layer[0]] + parameter.layer.filter { $0.type != "Input" } + data.layer[1...]
    let net = try Net(parameter, context: Context(phase: .test))
    try net.loadWeights(file: model + "/weights.caffemodel")
    var right: [Float] = [0, 0]
    for _ in 0..<10 {
      try net.forward()
      right[0] += (net.blob(named: "top1")?.data[0] ?? 0) * 10
      right[1] += (net.blob(named: "top5")?.data[0] ?? 0) * 10
    }
    print("SqueezeNet: \(right[0]) and \(right[1]) of 100 right")
    #expect(abs(right[0] - 67) <= 1.001 && abs(right[1] - 85) <= 1.001)
  }

  /// The numbers that the original's classification example printed.
  @Test func classifiesTheCatAsTheOriginal() throws {
    guard let pictures else { return }
    var preprocessing = Preprocessing()
    preprocessing.mean = try Preprocessing.channelMeans(file: pictures + "/imagenet_mean.binaryproto")
    let classifier = try Classifier(
      model: model + "/net.prototxt", weights: [model + "/weights.caffemodel"], preprocessing: preprocessing,
      context: Context(phase: .test))
    let labels = try ClassLabels(pictures + "/synset_words.txt")
    let cat = try Picture.read(
      file: ReferenceFolder.path + "/data/images/cat.jpg", color: .asStored, orientation: .ignore)
    let expected = try String(contentsOfFile: ReferenceFolder.path + "/classification/cat.txt", encoding: .utf8)
      .split(separator: "\n").dropFirst()
    for (line, guess) in zip(expected, try classifier.scores(of: [cat])[0].best(5)) {
      let parts = line.split(separator: " ", maxSplits: 2)
      #expect(parts[2] == "\"\(labels.names[guess.index])\"")
      #expect(abs(try #require(Float(parts[0])) - guess.score) < 0.001)
    }
    #expect(expected.count == 5)
  }
}
