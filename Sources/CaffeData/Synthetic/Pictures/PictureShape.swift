/// What a synthetic picture shows: ten shapes and textures, by their label.
enum PictureShape: Int, CaseIterable, Sendable {
  case disc, ring, square, triangle, plus, cross, rows, columns, checks, dots

  /// How far inside the shape `point` lies, about; negative outside.
  ///
  /// The shape fills a circle of radius 1 around the origin, more or less; y goes down.
  func depth(at point: SIMD2<Float>) -> Float {
    let x = point.x.magnitude
    let y = point.y.magnitude
    switch self {
    case .disc: return 0.9 - length(point)
    case .ring: return 0.24 - (length(point) - 0.7).magnitude
    case .square: return 0.75 - max(x, y)
    case .triangle: return min(0.6 - point.y, 0.45 - 0.866 * x + 0.5 * point.y)
    case .plus: return bars(x, y)
    case .cross: return bars((point.x + point.y).magnitude * 0.7071, (point.x - point.y).magnitude * 0.7071)
    case .rows: return min(0.85 - max(x, y), wave(point.y))
    case .columns: return min(0.85 - max(x, y), wave(point.x))
    case .checks: return min(0.85 - max(x, y), wave(point.x) * wave(point.y) * 4)
    case .dots: return min(0.95 - max(x, y), 0.19 - length(SIMD2(fromNearest(point.x), fromNearest(point.y))))
    }
  }

  private func length(_ vector: SIMD2<Float>) -> Float { (vector * vector).sum().squareRoot() }

  private func bars(_ x: Float, _ y: Float) -> Float {
    max(min(0.25 - x, 0.9 - y), min(0.25 - y, 0.9 - x))
  }

  /// A triangle wave of period 0.68, positive around the origin.
  private func wave(_ place: Float) -> Float {
    let turns = place / 0.68
    let nearest = turns.rounded(.toNearestOrEven)
    return 0.17 - (turns - nearest).magnitude * 0.68
  }

  /// The way from the nearest of a grid of points 0.6 apart.
  private func fromNearest(_ place: Float) -> Float {
    place - (place / 0.6).rounded(.toNearestOrEven) * 0.6
  }
}
