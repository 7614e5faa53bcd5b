import CaffeCore

extension EngineCase {
  /// Local response normalisation.
  package static var normalizations: [EngineCase] {
    let shapes: [(String, Int, Int, Int, Int)] = [
      ("3 channels", 2, 3, 4, 5), ("one channel", 2, 1, 5, 5), ("16 channels", 2, 16, 3, 3),
      ("17 images", 17, 7, 2, 3), ("one value", 1, 1, 1, 1), ("33 channels", 1, 33, 3, 2), ("no images", 0, 4, 3, 3),
      ("many places", 3, 4, 20, 20)
    ]
    return [LRNSpec.Region.acrossChannels, .withinChannel].flatMap { region in
      shapes.flatMap { name, images, channels, height, width in
        [3, 5].map { size in
          lrn(
            "LRN \(region)/\(name), size \(size)",
            LRNSpec(
              region: region, size: size, alpha: 0.7, beta: 0.75, k: 1, images: images, channels: channels,
              height: height, width: width))
        }
      }
    } + [
      lrn(
        "LRN acrossChannels/k 2, beta 0.5",
        LRNSpec(
          region: .acrossChannels, size: 5, alpha: 1.5, beta: 0.5, k: 2, images: 2, channels: 8, height: 3, width: 4)),
      lrn(
        "LRN acrossChannels/size 1",
        LRNSpec(
          region: .acrossChannels, size: 1, alpha: 1, beta: 1.2, k: 1, images: 2, channels: 4, height: 2, width: 3)),
      lrn(
        "LRN withinChannel/as AlexNet sets it",
        LRNSpec(
          region: .withinChannel, size: 3, alpha: 5e-5, beta: 0.75, k: 1, images: 2, channels: 4, height: 6, width: 5))
    ]
  }

  package static func lrn(_ name: String, _ spec: LRNSpec, size: Size = .small) -> EngineCase {
    EngineCase(name, size: size) { engine, stream in
      let plan = try engine.planLRN(spec)
      let count = spec.images * spec.channels * spec.height * spec.width
      let (x, dy) = (stream.buffer(count, in: -2...2), stream.buffer(count))
      let (y, dx) = (Buffer.dirty(count), Buffer.dirty(count))
      return EngineRun(
        EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
          plan.forward(input: x, output: y)
        } backward: {
          plan.backward(input: x, output: y, outputGradient: dy, inputGradient: dx)
        }, checkable: size == .small)
    }
  }
}
