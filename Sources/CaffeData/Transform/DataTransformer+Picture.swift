extension DataTransformer {
  /// Writes picture `number` of the run, whose shape `outputShape` has accepted, to `target`.
  func transform(_ picture: Picture, number: UInt64, to target: UnsafeMutablePointer<Float>) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: picture.pixels.count) { planes in
      guard let start = planes.baseAddress else { return }
      picture.writePlanes(to: start)
      transform(UnsafeBufferPointer(planes), of: picture.shape, number: number, to: target)
    }
  }
}
