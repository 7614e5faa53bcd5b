import CaffeCore

extension EngineCase {
  /// Pictures of bytes made into values.
  package static var pictures: [EngineCase] {
    [
      pictures(
        "pictures/whole",
        PictureSpec(
          count: 3, channels: 2, height: 4, width: 5, outputHeight: 4, outputWidth: 5, mean: .none, scale: 1)),
      pictures(
        "pictures/windows",
        PictureSpec(
          count: 4, channels: 3, height: 7, width: 6, outputHeight: 3, outputWidth: 3, mean: .perChannel, scale: 0.017)),
      pictures(
        "pictures/a mean picture",
        PictureSpec(
          count: 2, channels: 1, height: 9, width: 8, outputHeight: 5, outputWidth: 4, mean: .picture, scale: 0.3))
    ]
  }

  private static func pictures(_ name: String, _ spec: PictureSpec) -> EngineCase {
    EngineCase(name, tolerance: .exact) { engine, stream in
      let held = 5
      let bytes = Buffer(count: (held * spec.pictureBytes + 3) / 4)
      // Any bits at all, as no one looks at them as values.
      bytes.set((0..<bytes.count).map { _ in Float(bitPattern: stream.nextWord()) })
      let places = Buffer(count: spec.count * 4)
      places.set(
        (0..<spec.count).flatMap { item -> [Float] in
          func below(_ count: Int) -> Float { Float(Int(stream.nextWord()) % count) }
          return [
            below(held), below(spec.height - spec.outputHeight + 1), below(spec.width - spec.outputWidth + 1),
            Float(item % 2)
          ]
        })
      let mean: Buffer? =
        switch spec.mean {
        case .none: nil
        case .perChannel: stream.buffer(spec.channels)
        case .picture: stream.buffer(spec.pictureBytes)
        }
      let output = Buffer(count: spec.count * spec.windowCount)
      return EngineRun([("values", output)]) {
        engine.transformPictures(spec, bytes: bytes, places: places, mean: mean, output: output)
      }
    }
  }
}
