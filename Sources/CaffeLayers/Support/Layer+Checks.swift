import CaffeCore
import CaffeNet
import CaffeProto

extension Layer {
  /// The shape of message fields.
  func shape(_ message: BlobShape) throws -> Shape { try Shape(validating: message.dim.map { Int($0) }) }

  /// Checks that all bottoms have the shape of the first.
  func checkSameShapes(_ bottom: [Blob]) throws {
    for (index, blob) in bottom.enumerated() where blob.shape != bottom[0].shape {
      throw error(
        .shape,
        "bottom \(index) has the shape \(blob.shape), but bottom 0 has \(bottom[0].shape); all must be the same")
    }
  }

  /// Checks that the first two bottoms have the same first extent and as many values.
  func checkSameCounts(_ bottom: [Blob]) throws {
    guard bottom[0].count == bottom[1].count,
      bottom[0].shape.legacyExtent(0) == bottom[1].shape.legacyExtent(0)
    else {
      throw error(
        .shape,
        "bottom 0 has the shape \(bottom[0].shape) and bottom 1 \(bottom[1].shape); both need the same first extent and as many "
          + "values")
    }
  }

  /// Checks that a bottom has exactly `count` axes, named by `axes`.
  func checkAxes(_ blob: Blob, count: Int, _ axes: String) throws {
    guard blob.shape.axisCount == count else {
      throw error(
        .shape,
        "bottom 0 has the shape \(blob.shape), \(blob.shape.axisCount) axes; expected \(count) axes, \(axes): "
          + "use a Reshape layer before it")
    }
  }

  /// The layer's random stream for `purpose`.
  func stream(_ purpose: String) -> RandomStream { context.random.stream("\(name)/\(purpose)") }

  /// Makes a parameter of this shape, which is filled when it is first used.
  func makeParameter(_ shape: Shape, _ filler: Filler, purpose: String) throws -> Blob {
    try shape.checkFitsMemory()
    let blob = Blob(shape)
    try filler.fillLater(blob, random: stream(purpose))
    return blob
  }

  /// An error for a gradient that can't be computed; thrown only where a net asks for it.
  func noGradient(_ why: String) -> CaffeError {
    error(.unsupported, "\(why); set propagate_down: false for it or take it out of what leads to the loss")
  }

  /// Whether the gradient of parameter `index` is wanted.
  func wantsGradient(ofParameter index: Int) -> Bool {
    index < propagatesToParameter.count ? propagatesToParameter[index] : index < blobs.count
  }
}
