import CaffeCore

/// A layer of a weights file, whatever the file's format.
struct StoredLayer {
  let name: String
  /// The parameters by index. HDF5 files leave out those that are shared from another layer.
  let blobs: [Int: StoredBlob]
  /// Whether parameters may be left out.
  let mayOmitShared: Bool
}

/// A parameter of a weights file.
struct StoredBlob {
  let shape: StoredShape
  /// Throws unless there are as many values as this, so that nothing is copied before all is known to fit.
  let check: (Int) throws -> Void
  /// Reads the values into a buffer of the right count.
  let copy: (Buffer) throws -> Void
}

/// A shape as files give it.
enum StoredShape {
  /// Today's form: any number of axes.
  case axes([Int])
  /// The older form: num, channels, height, width.
  case legacy([Int])

  var extents: [Int] {
    switch self {
    case .axes(let extents), .legacy(let extents): extents
    }
  }

  /// Whether it is `shape`. The older form has ones before the axes of today: a bias of 10 is 1×1×1×10.
  func matches(_ shape: Shape) -> Bool {
    switch self {
    case .axes(let extents): return extents == shape.extents
    case .legacy(let extents):
      guard shape.axisCount <= extents.count else { return false }
      return Array(repeating: 1, count: extents.count - shape.axisCount) + shape.extents == extents
    }
  }
}
