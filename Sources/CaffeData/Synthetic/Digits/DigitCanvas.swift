/// The paper: 28×28 grey values onto which a digit's strokes are inked.
struct DigitCanvas {
  static let side = 28

  private var ink = [Float](repeating: 0, count: side * side)

  /// Inks the strokes so that the digit fills a box of about 20×20 around the middle, as the pictures of MNIST do.
  mutating func draw(_ segments: [PenSegment], with choices: inout DrawingChoices) {
    for index in ink.indices { ink[index] = 0 }
    let radius = choices.uniform(0.8, 1.65)
    let softness = choices.uniform(0.9, 1.7)
    let placing = Placing(segments, radius: radius, with: &choices)
    for segment in segments {
      ink(
        PenSegment(
          start: placing.apply(segment.start), end: placing.apply(segment.end),
          startRadius: radius * segment.startRadius, endRadius: radius * segment.endRadius),
        softness)
    }
  }

  /// Appends the picture as bytes: 0 is paper, 255 full ink; the ink is uneven, the paper sometimes dusty.
  func append(to pixels: inout [UInt8], with choices: inout DrawingChoices) {
    let strength = choices.uniform(1.0, 1.35)
    let grain = choices.uniform(0, 0.16)
    let start = pixels.count
    for value in ink {
      guard value > 0 else {
        pixels.append(0)
        continue
      }
      let level = min(1, value * strength) * (1 - grain * choices.uniform(0, 1))
      pixels.append(UInt8(max(0, min(255, level * 255))))
    }
    let specks = choices.pick(8) == 0 ? choices.pick(12) : 0
    for _ in 0..<specks {
      let place = start + choices.pick(ink.count)
      pixels[place] = max(pixels[place], UInt8(choices.uniform(20, 150)))
    }
  }

  // Coverage by the distance from each pixel's middle to the segment, with a soft edge.
  private mutating func ink(_ segment: PenSegment, _ softness: Float) {
    let side = DigitCanvas.side
    let reach = max(segment.startRadius, segment.endRadius) + softness
    let low = pointwiseMin(segment.start, segment.end) - reach
    let high = pointwiseMax(segment.start, segment.end) + reach
    let columns = clamp(low.x)...clamp(high.x)
    let rows = clamp(low.y)...clamp(high.y)
    let along = segment.end - segment.start
    let squared = (along * along).sum()
    let inverse = squared > 1e-12 ? 1 / squared : 0
    for row in rows {
      for column in columns {
        let offset = SIMD2(Float(column), Float(row)) - segment.start
        let t = max(0, min(1, (offset * along).sum() * inverse))
        let nearest = offset - along * t
        let distance = (nearest * nearest).sum().squareRoot()
        let radius = segment.startRadius + (segment.endRadius - segment.startRadius) * t
        let cover = min(1, (radius - distance) / softness + 0.5)
        let index = row * side + column
        if cover > ink[index] { ink[index] = cover }
      }
    }
  }

  private func clamp(_ value: Float) -> Int { Int(max(0, min(Float(DigitCanvas.side - 1), value))) }
}

/// From a digit's own coordinates to the canvas.
private struct Placing {
  private let scale: Float
  private let shift: SIMD2<Float>

  init(_ segments: [PenSegment], radius: Float, with choices: inout DrawingChoices) {
    var low = SIMD2<Float>(repeating: .infinity)
    var high = SIMD2<Float>(repeating: -.infinity)
    var mass = SIMD2<Float>(0, 0)
    var length: Float = 0
    for segment in segments {
      low = pointwiseMin(low, pointwiseMin(segment.start, segment.end))
      high = pointwiseMax(high, pointwiseMax(segment.start, segment.end))
      let along = segment.end - segment.start
      let weight = (along * along).sum().squareRoot()
      mass += (segment.start + segment.end) * (0.5 * weight)
      length += weight
    }
    let box = (high - low).max()
    let size = 20 * choices.uniform(0.84, 1.04) - 2 * radius
    scale = size / max(box, 0.1)
    let centre = length > 0 ? mass / length : (low + high) * 0.5
    shift = SIMD2(13.5, 13.5) + 0.7 * choices.bellPoint() - centre * scale
  }

  func apply(_ point: SIMD2<Float>) -> SIMD2<Float> { point * scale + shift }
}
