import CaffeCore

/// The axes of bottom 0 that a blob of factors or terms covers; it is spread over the others.
struct BroadcastAxes {
  private let axis: Int
  private let count: Int

  /// Checks `axis` and `num_axes`.
  init(axis: Int32, count: Int32) throws {
    guard count >= -1 else {
      throw CaffeError(.field, "num_axes is \(count); give 0 or more, or -1 for all axes from axis on")
    }
    self.axis = Int(axis)
    self.count = Int(count)
  }

  /// The extents of `shape` that a parameter takes.
  func parameterShape(for shape: Shape) throws -> Shape {
    guard count != 0 else { return [] }
    let first = try shape.canonicalAxis(axis)
    guard count > 0 else { return Shape(Array(shape.extents[first...])) }
    guard first + count <= shape.axisCount else {
      throw CaffeError(
        .shape,
        "axis \(axis) and num_axes \(count) reach beyond the shape of bottom 0, \(shape), which has \(shape.axisCount) axes; use "
          + "fewer axes")
    }
    return Shape(Array(shape.extents[first..<first + count]))
  }

  /// `shape` seen as what lies before, along and after the axes that `other` covers; errors call it `name`.
  func channels(of shape: Shape, covered other: Shape, name: String) throws -> ChannelSpec {
    let first = other.axisCount == 0 ? 0 : try shape.canonicalAxis(axis)
    let end = first + other.axisCount
    guard end <= shape.axisCount, Array(shape.extents[first..<end]) == other.extents else {
      throw CaffeError(
        .shape,
        "\(name) has the shape \(other), but bottom 0 \(shape), which must have the same extents from axis \(first) on; check axis "
          + "and both shapes")
    }
    return ChannelSpec(outer: shape.count(from: 0, to: first), channels: other.count, inner: shape.count(from: end))
  }
}
