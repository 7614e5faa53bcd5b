/// 32×32 coloured pixels on which a shape is painted.
struct PictureCanvas {
  static let side = 32

  private let shape: PictureShape
  private let ink: Colour
  private let papers: (Colour, Colour)
  private let centre: SIMD2<Float>
  /// The columns of the way from pixels to the shape's own coordinates.
  private let turn: (x: SIMD2<Float>, y: SIMD2<Float>)
  private let radius: Float
  private let grain: Float

  /// Chooses place, size, turn and colours.
  init(_ shape: PictureShape, with choices: inout DrawingChoices) {
    self.shape = shape
    // As in photographs, colour says something about the class, but not all.
    let hue = Float(shape.rawValue) / 10 + 0.09 * choices.bell()
    let isBright = choices.pick(2) == 0
    ink = Colour(
      hue: hue, saturation: choices.uniform(0.5, 1),
      value: isBright ? choices.uniform(0.7, 1) : choices.uniform(0.15, 0.4))
    let paper = choices.uniform(0, 1)
    func shade(_ choices: inout DrawingChoices) -> Colour {
      Colour(
        hue: paper + 0.05 * choices.bell(), saturation: choices.uniform(0, 0.6),
        value: isBright ? choices.uniform(0.1, 0.45) : choices.uniform(0.6, 1))
    }
    let first = shade(&choices)
    papers = (first, shade(&choices))
    let middle = Float(PictureCanvas.side - 1) / 2
    centre = (SIMD2(middle, middle) + 2.5 * choices.bellPoint()).clamped(
      lowerBound: SIMD2(repeating: middle - 6), upperBound: SIMD2(repeating: middle + 6))
    radius = choices.uniform(9, 14)
    // Half-angle form: exact sines and cosines without a library function.
    let half = 0.05 * choices.bell()
    let cosine = (1 - half * half) / (1 + half * half) / radius
    let sine = 2 * half / (1 + half * half) / radius
    turn = (SIMD2(cosine, -sine), SIMD2(sine, cosine))
    grain = choices.uniform(0.02, 0.14)
  }

  /// Appends the picture as bytes: all of red, then green, then blue.
  func append(to pixels: inout [UInt8], with choices: inout DrawingChoices) {
    let side = PictureCanvas.side
    let start = pixels.count
    pixels.append(contentsOf: repeatElement(0, count: 3 * side * side))
    for row in 0..<side {
      for column in 0..<side {
        let paper = papers.0.mixed(with: papers.1, Float(row + column) / Float(2 * side - 2))
        let colour = paper.mixed(with: ink, cover(row, column)).values
        for channel in 0..<3 {
          let value = colour[channel] + grain * choices.uniform(-1, 1)
          pixels[start + (channel * side + row) * side + column] = UInt8(max(0, min(1, value)) * 255)
        }
      }
    }
  }

  private func cover(_ row: Int, _ column: Int) -> Float {
    let offset = SIMD2(Float(column), Float(row)) - centre
    let depth = shape.depth(at: turn.x * offset.x + turn.y * offset.y)
    return max(0, min(1, depth * radius + 0.5))
  }
}

/// Red, green and blue between 0 and 1.
private struct Colour {
  var values: SIMD3<Float>

  /// A colour by its place on the wheel (whole numbers are red), how far it is from grey, and its brightness.
  init(hue: Float, saturation: Float, value: Float) {
    let turns = (hue - hue.rounded(.down)) * 6
    let pure = SIMD3<Float>((turns - 3).magnitude - 1, 2 - (turns - 2).magnitude, 2 - (turns - 4).magnitude)
      .clamped(lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: 1))
    values = (pure * saturation + (1 - saturation)) * value
  }

  private init(_ values: SIMD3<Float>) { self.values = values }

  func mixed(with other: Colour, _ part: Float) -> Colour { Colour(values * (1 - part) + other.values * part) }
}
