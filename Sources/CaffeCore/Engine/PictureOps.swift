/// Pictures of bytes made into values: what data layers have an engine do whose memory is far from the host's.
public protocol PictureOps {
  /// Computes `output[i, c, y, x] = (byte − mean) · scale` for windows of pictures, mirrored or not, rounded after each of the two steps.
  ///
  /// - Parameters:
  ///   - bytes: Pictures of channels × height × width bytes one after the other, four bytes in the room of a value.
  ///   - places: Four values for each output: which of the pictures, the window's first row and column, and 1 where it is mirrored.
  ///   - mean: As `spec.mean` says; nothing for none.
  func transformPictures(_ spec: PictureSpec, bytes: Buffer, places: Buffer, mean: Buffer?, output: Buffer)
}

/// How pictures become values.
public struct PictureSpec: Hashable, Sendable {
  /// What is subtracted from bytes.
  public enum Mean: Hashable, Sendable {
    /// Nothing.
    case none
    /// A value for each channel.
    case perChannel
    /// A picture of the size of those given.
    case picture
  }

  /// How many windows there are.
  public var count: Int
  /// Channels of a picture.
  public var channels: Int
  /// Rows of a picture.
  public var height: Int
  /// Columns of a picture.
  public var width: Int
  /// Rows of a window.
  public var outputHeight: Int
  /// Columns of a window.
  public var outputWidth: Int
  /// What is subtracted.
  public var mean: Mean
  /// The factor.
  public var scale: Float

  /// Makes a spec from values that are known to fit.
  public init(
    count: Int, channels: Int, height: Int, width: Int, outputHeight: Int, outputWidth: Int, mean: Mean, scale: Float
  ) {
    self.count = count
    self.channels = channels
    self.height = height
    self.width = width
    self.outputHeight = outputHeight
    self.outputWidth = outputWidth
    self.mean = mean
    self.scale = scale
  }

  /// Bytes of a picture.
  public var pictureBytes: Int { channels * height * width }
  /// Values of a window.
  public var windowCount: Int { channels * outputHeight * outputWidth }

  /// Goes over all windows on the host; for engines whose memory is there.
  package func transform(
    bytes: UnsafePointer<UInt8>, places: UnsafePointer<Float>, mean: UnsafePointer<Float>?,
    output: UnsafeMutablePointer<Float>
  ) {
    for item in 0..<count {
      let place = places + item * 4
      let picture = bytes + Int(place[0]) * pictureBytes
      let (top, left, isMirrored) = (Int(place[1]), Int(place[2]), place[3] != 0)
      for channel in 0..<channels {
        for row in 0..<outputHeight {
          let from = (channel * height + top + row) * width + left
          let to = output + ((item * channels + channel) * outputHeight + row) * outputWidth
          for column in 0..<outputWidth {
            let source = from + (isMirrored ? outputWidth - 1 - column : column)
            let subtracted: Float =
              switch self.mean {
              case .none: 0
              case .perChannel: mean?[channel] ?? 0
              case .picture: mean?[source] ?? 0
              }
            to[column] = (Float(picture[source]) - subtracted) * scale
          }
        }
      }
    }
  }
}
