import CaffeCore

extension Buffer {
  /// Room for the first `count` values, all of which the caller sets; later ones stay.
  ///
  /// An operation asks for the values of its inputs first: in-place, they are what lies here.
  func hostForWriting(_ count: Int) -> UnsafeMutablePointer<Float> {
    count == self.count ? hostForOverwriting() : hostForUpdating()
  }
}
