import Caffe
import CaffeTestSupport
import Testing

/// SoftmaxWithLoss with class weights and smoothed labels.
struct WeightedSoftmaxLossTests {
  private static let fields = [
    "class_weight: 0.5 class_weight: 2 class_weight: 0 class_weight: 1", "label_smoothing: 0.1",
    "class_weight: [0.1, 0.1, 0.2, 0.1] label_smoothing: 0.3 ignore_label: 1",
    "class_weight: [1, 2, 3, 4] label_smoothing: 0.3 normalization: FULL",
    "class_weight: [1, 2, 3, 4] normalization: BATCH_SIZE", "class_weight: [1, 2, 3, 4] normalization: NONE"
  ]

  @Test(arguments: fields) func passesTheBattery(fields: String) {
    let battery = LayerBattery(
      "SoftmaxWithLoss", "loss_param { \(fields) }",
      bottoms: [.init([3, 4, 2], then: [5, 4]), .init([3, 2], then: [5], .labels(4))], tops: [[]], otherTops: [[]])
    #expect(battery.failures() == [])
  }

  /// What torch 2.13 gives in double precision for
  /// `cross_entropy(x, y, weight=[0.5, 2, 1], label_smoothing=0.2, …)` and its gradient, with the x and y below.
  private struct Expected {
    var fields: String
    var loss: Float
    var gradient: [Float]
  }

  private static let weights = "class_weight: 0.5 class_weight: 2 class_weight: 1"
  private static let expected = [
    Expected(
      fields: weights, loss: 1.363_015_98,
      gradient: [
        0.0163692, 0.0444961, -0.0608653, 0.3068344, -0.3221108, 0.0152764, -0.0607728, 0.0496863, 0.0110865, 0.1212121,
        -0.2424242, 0.1212121
      ]),
    Expected(
      fields: "label_smoothing: 0.2", loss: 1.236_715_39,
      gradient: [
        0.005841, 0.0445155, -0.0503564, 0.194282, -0.1881179, -0.0061642, -0.1337919, 0.1199707, 0.0138212, 0.0666667,
        -0.1333333, 0.0666667
      ]),
    Expected(
      fields: "\(weights) label_smoothing: 0.2", loss: 1.329_572_57,
      gradient: [
        0.0108542, 0.0217369, -0.0325911, 0.2752043, -0.2770864, 0.0018821, -0.0406153, 0.0386936, 0.0019217, 0.1050505,
        -0.2040404, 0.0989899
      ]),
    Expected(
      fields: "\(weights) label_smoothing: 0.2 ignore_label: 1", loss: 0.880_317_03,
      gradient: [0.0397988, 0.0797018, -0.1195007, 0, 0, 0, -0.1489227, 0.1418764, 0.0070463, 0, 0, 0]),
    // reduction='sum'.
    Expected(
      fields: "\(weights) label_smoothing: 0.2 normalization: NONE", loss: 7.312_649_11,
      gradient: [
        0.0596983, 0.1195528, -0.179251, 1.5136237, -1.5239755, 0.0103518, -0.223384, 0.2128146, 0.0105694, 0.5777778,
        -1.1222222, 0.5444444
      ])
  ]

  @Test(arguments: expected.indices) func givesWhatPyTorchGives(index: Int) throws {
    let expected = WeightedSoftmaxLossTests.expected[index]
    for engine in TestEngines.all {
      let net = try net(expected.fields, engine)
      #expect(abs(try net.forward() - expected.loss) < 1e-6)
      try net.backward()
      let gradient = try #require(net.blob(named: "x")?.diff.values)
      for (got, want) in zip(gradient, expected.gradient) { #expect(abs(got - want) < 5e-7, "\(engine.name)") }
    }
  }

  // Two labels of class 1 and one each of 0 and 2, each even: (0.5 + 2 + 2 + 1) · ln 3 over what n is.
  @Test(arguments: zip(["VALID", "FULL", "BATCH_SIZE", "NONE"], [Float(5.5), 4, 4, 1]))
  func normalizationDividesTheWeightedSum(name: String, divisor: Float) throws {
    let net = try net("\(WeightedSoftmaxLossTests.weights) normalization: \(name)")
    try net.blob(named: "x")?.setData([Float](repeating: 1, count: 12))
    #expect(abs(try net.forward() - 5.5 * 1.098_612_3 / divisor) < 1e-6)
  }

  @Test func weightsMayAddUpToNothing() throws {
    let net = try net("class_weight: 0 class_weight: 0 class_weight: 0")
    #expect(try net.forward() == 0)
    try net.backward()
    #expect(net.blob(named: "x")?.diff.values == [Float](repeating: 0, count: 12))
  }

  @Test func wrongFieldsAreErrors() {
    func message(_ fields: String, type: String = "SoftmaxWithLoss") -> String {
      failure(
        input("x", [4, 3]) + input("y", [4])
          + "layer { name: \"t\" type: \"\(type)\" bottom: \"x\" bottom: \"y\" top: \"loss\" loss_param { \(fields) } }"
      )
    }
    #expect(message("class_weight: 1").says("layer \"t\"", "1 class_weight", "4 3 (12)", "3 channels"))
    #expect(message("class_weight: [1, 2, 3, 4]").says("4 class_weight", "3 channels", "one for each"))
    #expect(message("class_weight: [1, -2, 3]").says("class_weight is [1.0, -2.0, 3.0]", "0 or more"))
    #expect(message("class_weight: [1, nan, 3]").says("loss_param.class_weight is nan"))
    for wrong in ["1", "-0.1", "1.5"] {
      #expect(message("label_smoothing: \(wrong)").says("label_smoothing is", "less than 1"))
    }
    let others = [
      "MultinomialLogisticLoss", "HingeLoss", "InfogainLoss", "Accuracy", "EuclideanLoss", "SigmoidCrossEntropyLoss",
      "ContrastiveLoss"
    ]
    for type in others {
      let (weight, smoothing) = (message("class_weight: 1", type: type), message("label_smoothing: 0.1", type: type))
      if type != "ContrastiveLoss" {
        #expect(weight.says("layer \"t\"", "class_weight, which only SoftmaxWithLoss takes, not \(type)"))
        #expect(smoothing.says("label_smoothing, which only SoftmaxWithLoss takes"))
      } else {
        #expect(!weight.isEmpty && !smoothing.isEmpty)
      }
    }
  }

  private func net(_ fields: String, _ engine: any Engine = ReferenceEngine()) throws -> Net {
    let net = try makeNet(
      "force_backward: true\n" + input("x", [4, 3]) + input("y", [4])
        + "layer { name: \"t\" type: \"SoftmaxWithLoss\" bottom: \"x\" bottom: \"y\" top: \"loss\" "
        + "loss_param { \(fields) } }", engine: engine)
    try net.blob(named: "x")?.setData([1, 2, 3, 3, 1, 0, 0, 0.5, -1, 2, 2, 2])
    try net.blob(named: "y")?.setData([2, 1, 0, 1])
    return net
  }
}
