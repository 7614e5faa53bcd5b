import CaffeProto

/// Turns records that hold a picture file into records of pixels. One thread at a time may use it.
package final class RecordDecoder {
  private let color: Picture.Color
  /// The pixels of the last record.
  private var planes = UnsafeMutableBufferPointer<UInt8>(start: nil, count: 0)

  /// Makes a decoder to pictures with the channels that `color` says.
  package init(color: Picture.Color = .asStored) { self.color = color }

  /// The channels that a layer's parameters ask for; they mustn't force both kinds.
  package static func color(_ transform: TransformationParameter, forcesColor: Bool = false) -> Picture.Color {
    transform.forceGray ? .gray : transform.forceColor || forcesColor ? .color : .asStored
  }

  deinit { planes.deallocate() }

  /// The record itself where it holds pixels, else one with the pixels of its file, valid until the next call.
  ///
  /// Notes of cameras are ignored, as the original does with records.
  ///
  /// - Throws: `CaffeError` of code `corrupt` where the file is damaged; the caller adds the record's key.
  package func decode(_ datum: DatumView) throws -> DatumView {
    guard datum.isEncoded else { return datum }
    let picture = try Picture(decoding: datum.data, color: color)
    let count = picture.pixels.count
    if planes.count < count {
      planes.deallocate()
      planes = .allocate(capacity: count)
    }
    guard let start = planes.baseAddress else { return datum }
    picture.writePlanes(to: start)
    return datum.decoded(UnsafeRawBufferPointer(start: start, count: count), picture.shape)
  }
}
