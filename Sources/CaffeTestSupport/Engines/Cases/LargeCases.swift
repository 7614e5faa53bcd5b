import CaffeCore

extension EngineCase {
  /// Layers of real nets that aren't convolutions.
  package static var largeLayers: [EngineCase] {
    [
      pooling(
        "LeNet/pool1, 64 images",
        .rounded(
          .max, images: 64, channels: 20, input: [24, 24], kernel: [2, 2], stride: [2, 2], padding: [0, 0]),
        size: .large),
      pooling(
        "CaffeNet/pool1",
        .rounded(.max, images: 4, channels: 96, input: [55, 55], kernel: [3, 3], stride: [2, 2], padding: [0, 0]),
        size: .large),
      pooling(
        "GoogLeNet/last pool",
        .rounded(
          .average, images: 4, channels: 1024, input: [7, 7], kernel: [7, 7], stride: [1, 1], padding: [0, 0]),
        size: .large),
      innerProduct("LeNet/ip1, 64 images", InnerProductSpec(rows: 64, inputs: 800, outputs: 500), size: .large),
      innerProduct("LeNet/ip2, 64 images", InnerProductSpec(rows: 64, inputs: 500, outputs: 10), size: .large),
      innerProduct("CaffeNet/fc8, one image", InnerProductSpec(rows: 1, inputs: 4096, outputs: 1000), size: .large),
      lrn(
        "CaffeNet/norm1",
        LRNSpec(
          region: .acrossChannels, size: 5, alpha: 1e-4, beta: 0.75, k: 1, images: 4, channels: 96, height: 27,
          width: 27), size: .large),
      standardization(
        "ResNet/bn of 32 x 64 x 28 x 28",
        StandardizationSpec(
          shape: ChannelSpec(outer: 32, channels: 64, inner: 784), deviation: .epsilonInside(1e-5)), size: .large),
      standardization(
        "batch norm of 256 x 1024",
        StandardizationSpec(
          shape: ChannelSpec(outer: 256, channels: 1024, inner: 1), deviation: .epsilonInside(1e-5)), size: .large),
      scaled("ResNet/scale of 32 x 64 x 28 x 28", ChannelSpec(outer: 32, channels: 64, inner: 784), size: .large),
      rectified("prelu of 32 x 64 x 28 x 28", ChannelSpec(outer: 32, channels: 64, inner: 784), size: .large),
      update("LeNet/update of all 431,080 parameters", .sgd(momentum: 0.9), count: 431_080),
      update(
        "LeNet/update by Adam", .adam(AdamNumbers(momentum: 0.9, momentum2: 0.999, delta: 1e-8)), count: 431_080)
    ]
  }

  private static func update(_ name: String, _ formula: UpdateFormula, count: Int) -> EngineCase {
    EngineCase(name, tolerance: .elementwise, size: .large) { engine, stream in
      let (w, g) = (stream.buffer(count), stream.buffer(count))
      let histories = (0..<formula.historyCount).map { _ in stream.buffer(count, in: 0...1) }
      let step = UpdateStep(rate: 0.01, weightDecay: 0.0005)
      return EngineRun([("weights", w), ("update", g)] + histories.map { ("history", $0) }) {
        engine.update(formula, step, weights: w, gradient: g, histories: histories, count: count)
      }
    }
  }
}
