import CaffeCore

/// Buffers of blobs as an operation takes them, in an array that is made anew only when they are others.
struct BufferList {
  private var buffers: [Buffer] = []

  /// The blobs' values.
  mutating func values(of blobs: [Blob]) -> [Buffer] {
    if buffers.count != blobs.count || !blobs.indices.allSatisfy({ buffers[$0] === blobs[$0].data }) {
      buffers = blobs.map(\.data)
    }
    return buffers
  }

  /// Their gradients.
  mutating func gradients(of blobs: [Blob]) -> [Buffer] {
    if buffers.count != blobs.count || !blobs.indices.allSatisfy({ buffers[$0] === blobs[$0].diff }) {
      buffers = blobs.map(\.diff)
    }
    return buffers
  }
}
