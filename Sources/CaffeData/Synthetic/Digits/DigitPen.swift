/// A piece of a line with the pen's radius at both ends.
struct PenSegment {
  var start: SIMD2<Float>
  var end: SIMD2<Float>
  var startRadius: Float
  var endRadius: Float
}

/// The hand that draws one digit: places shake, the whole leans, turns and bends, the pen presses more or less.
struct DigitHand {
  private static let steps = 6

  /// The digit in the shape's own coordinates, radii relative to the pen's.
  static func draw(_ shape: DigitShape, with choices: inout DrawingChoices) -> [PenSegment] {
    let shake = choices.uniform(0.012, 0.042)
    let places = shape.places.map { $0 + shake * choices.bellPoint() }
    let bend = ElasticField(with: &choices)
    let lean = Affine(with: &choices)
    var segments: [PenSegment] = []
    for stroke in shape.strokes {
      var pressure = 1 + 0.16 * choices.bell()
      let drift = 0.10 * choices.bell()
      var previous: (place: SIMD2<Float>, pressure: Float)?
      for place in curve(stroke.map { places[$0] }) {
        let point = lean.apply(bend.apply(place))
        let radius = max(0.55, min(1.45, pressure))
        if let previous {
          segments.append(
            PenSegment(start: previous.place, end: point, startRadius: previous.pressure, endRadius: radius))
        }
        previous = (point, radius)
        pressure += drift / Float(steps)
      }
    }
    return segments
  }

  // A Catmull-Rom curve: through all places, tangents along the neighbours.
  private static func curve(_ places: [SIMD2<Float>]) -> [SIMD2<Float>] {
    guard let first = places.first, let last = places.last else { return [] }
    var points = [first]
    for index in 0..<places.count - 1 {
      let p1 = places[index]
      let p2 = places[index + 1]
      let p0 = index > 0 ? places[index - 1] : p1 + (p1 - p2) * 0.5
      let p3 = index + 2 < places.count ? places[index + 2] : last + (p2 - p1) * 0.5
      for step in 1...steps {
        let t = Float(step) / Float(steps)
        let a = p1 * 2 + (p2 - p0) * t
        let b = p0 * 2 - p1 * 5 + p2 * 4 - p3
        let c = p1 * 3 - p0 - p2 * 3 + p3
        points.append((a + (b + c * t) * (t * t)) * 0.5)
      }
    }
    return points
  }
}

/// Rotation, shear and unequal scale about the middle of the unit square.
struct Affine {
  private var x: SIMD2<Float>
  private var y: SIMD2<Float>

  init(with choices: inout DrawingChoices) {
    // Half-angle form: exact sines and cosines without a library function.
    let half = 0.055 * choices.bell()
    let cosine = (1 - half * half) / (1 + half * half)
    let sine = 2 * half / (1 + half * half)
    let shear = 0.10 + 0.20 * choices.bell()
    let width = choices.uniform(0.62, 1.06)
    let flat = 0.04 * choices.bell()
    // Columns of rotation · [1 -shear; flat 1] · scale.
    x = SIMD2(cosine - sine * flat, sine + cosine * flat) * width
    y = SIMD2(-cosine * shear - sine, cosine - sine * shear)
  }

  func apply(_ point: SIMD2<Float>) -> SIMD2<Float> {
    let centred = point - SIMD2(0.5, 0.5)
    return x * centred.x + y * centred.y
  }
}

/// A smooth random displacement: vectors on a coarse grid, blended between its points.
struct ElasticField {
  private static let side = 4
  private let vectors: [SIMD2<Float>]

  init(with choices: inout DrawingChoices) {
    let strength = choices.uniform(0.02, 0.07)
    vectors = (0..<ElasticField.side * ElasticField.side).map { _ in strength * choices.bellPoint() }
  }

  func apply(_ point: SIMD2<Float>) -> SIMD2<Float> {
    let side = ElasticField.side
    let scaled = (point.clamped(lowerBound: SIMD2(0, 0), upperBound: SIMD2(0.999, 0.999))) * Float(side - 1)
    let column = Int(scaled.x)
    let row = Int(scaled.y)
    let x = smooth(scaled.x - Float(column))
    let y = smooth(scaled.y - Float(row))
    let top = row * side + column
    let upper = vectors[top] * (1 - x) + vectors[top + 1] * x
    let lower = vectors[top + side] * (1 - x) + vectors[top + side + 1] * x
    return point + upper * (1 - y) + lower * y
  }

  private func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }
}
