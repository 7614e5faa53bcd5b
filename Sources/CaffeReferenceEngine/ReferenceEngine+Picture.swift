import CaffeCore

extension ReferenceEngine: PictureOps {
  /// Makes windows of pictures into values, on the host.
  public func transformPictures(_ spec: PictureSpec, bytes: Buffer, places: Buffer, mean: Buffer?, output: Buffer) {
    let pictures = UnsafeRawPointer(bytes.hostForReading()).assumingMemoryBound(to: UInt8.self)
    let (windows, means) = (places.hostForReading(), mean?.hostForReading())
    spec.transform(bytes: pictures, places: windows, mean: means, output: output.hostForOverwriting())
  }
}
