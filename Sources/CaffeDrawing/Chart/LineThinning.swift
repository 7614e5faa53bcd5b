/// Leaves out points of a line that nobody would see.
enum LineThinning {
  /// The points, from left to right, without those that change nothing: the same line to a tenth of a pixel.
  static func thinned(_ points: [SVGDrawing.Point]) -> [SVGDrawing.Point] { straightened(columns(points)) }

  /// At most four points for each pixel across: the first, the last, the highest and the lowest, which look the same as all of them.
  private static func columns(_ points: [SVGDrawing.Point]) -> [SVGDrawing.Point] {
    guard let first = points.first, let last = points.last, last.x > first.x,
      Double(points.count) > 3 * (last.x - first.x)
    else { return points }
    var result: [SVGDrawing.Point] = []
    var start = 0
    while start < points.count {
      let column = points[start].x.rounded(.down)
      var end = start
      var (low, high) = (start, start)
      while end < points.count, points[end].x.rounded(.down) == column {
        if points[end].y < points[low].y { low = end }
        if points[end].y > points[high].y { high = end }
        end += 1
      }
      result += Set([start, low, high, end - 1]).sorted().map { points[$0] }
      start = end
    }
    return result
  }

  /// How many points in a row are left out at most, so that long lines don't take long.
  private static let reach = 40
  private static let tolerance = 0.1

  /// Without points that lie on the line from the one kept before to the one kept next.
  private static func straightened(_ points: [SVGDrawing.Point]) -> [SVGDrawing.Point] {
    guard points.count > 2 else { return points }
    var result = [points[0]]
    var anchor = 0
    for end in 2..<points.count {
      let passed = points[(anchor + 1)..<end]
      let isStraight =
        end - anchor <= reach && passed.allSatisfy { distance($0, points[anchor], points[end]) < tolerance }
      guard !isStraight else { continue }
      anchor = end - 1
      result.append(points[anchor])
    }
    return result + [points[points.count - 1]]
  }

  /// How far `point` is above or below the line from `start` to `end`.
  private static func distance(
    _ point: SVGDrawing.Point, _ start: SVGDrawing.Point, _ end: SVGDrawing.Point
  ) -> Double {
    guard end.x > start.x else { return abs(point.y - start.y) + abs(point.y - end.y) }
    return abs(start.y + (end.y - start.y) * (point.x - start.x) / (end.x - start.x) - point.y)
  }
}
