import CaffeCore

extension Net {
  /// Makes all blobs' shapes follow from those of the inputs.
  public func reshape() throws {
    for index in layers.indices {
      reshaped[index].shapes = []
      try naming(index) { try reshape(layer: index) }
    }
  }

  /// Reshapes a layer, unless that would do what it did the last time.
  func reshape(layer index: Int) throws {
    let layer = layers[index]
    let isRemembered = type(of: layer).reshapesByShapesAlone
    if isRemembered, reshaped[index].fits(bottoms[index], tops[index], layer.blobs) { return }
    reshaped[index].shapes = []
    try layer.reshape(bottom: bottoms[index], top: tops[index])
    if isRemembered { reshaped[index].shapes = (bottoms[index] + tops[index] + layer.blobs).map(\.shape) }
  }
}

/// The shapes that a layer was reshaped for last.
struct ReshapedFor {
  /// Of bottoms, tops and parameters; none where it is to be reshaped in any case.
  var shapes: [Shape] = []

  func fits(_ bottoms: [Blob], _ tops: [Blob], _ parameters: [Blob]) -> Bool {
    guard !shapes.isEmpty, shapes.count == bottoms.count + tops.count + parameters.count else { return false }
    var place = 0
    func isNext(_ blob: Blob) -> Bool {
      defer { place += 1 }
      return shapes[place] == blob.shape
    }
    for blob in bottoms where !isNext(blob) { return false }
    for blob in tops where !isNext(blob) { return false }
    for blob in parameters where !isNext(blob) { return false }
    return true
  }
}
