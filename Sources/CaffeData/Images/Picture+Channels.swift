import CImageCodecs

extension Picture {
  /// The picture in one channel, brightness by the weights of ITU-R BT.601.
  public func gray() -> Picture {
    guard channels == 3 else { return self }
    return Picture(height: height, width: width, channels: 1) { target in
      withPixels { caffe_image_gray($0, target, height * width) }
    }
  }

  /// The picture in three channels.
  public func color() -> Picture {
    guard channels == 1 else { return self }
    return Picture(height: height, width: width, channels: 3) { target in
      withPixels { caffe_image_color($0, target, height * width) }
    }
  }

  /// Its extents, as those of a `Datum`.
  package var shape: DatumShape { DatumShape(channels: channels, height: height, width: width) }

  /// Writes the values channel by channel, as a `Datum` holds them.
  package func writePlanes(to target: UnsafeMutablePointer<UInt8>) {
    withPixels { source in
      if channels == 3 {
        caffe_image_planes(source, target, height * width)
      } else {
        target.update(from: source, count: pixels.count)
      }
    }
  }

  /// The values channel by channel, as a `Datum` holds them.
  public func planes() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: pixels.count) { buffer, initialized in
      if let start = buffer.baseAddress { writePlanes(to: start) }
      initialized = pixels.count
    }
  }

  /// Makes a picture of values that lie channel by channel, as in a `Datum`; nil where their number isn't that of one or
  /// three channels.
  public init?(planes: UnsafeRawBufferPointer, channels: Int, height: Int, width: Int) {
    guard channels == 1 || channels == 3, height > 0, width > 0,
      planes.count.isMultiple(of: channels), planes.count / channels == height * width
    else { return nil }
    let count = height * width
    self.init(height: height, width: width, channels: channels) { target in
      for channel in 0..<channels {
        for index in 0..<count { target[index * channels + channel] = planes[channel * count + index] }
      }
    }
  }
}
