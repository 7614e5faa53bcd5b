import CImageCodecs
import CaffeCore

extension Picture {
  /// The picture scaled to `height` × `width`.
  ///
  /// Linear interpolation between the centres of pixels, edges repeated, without smoothing when it shrinks: OpenCV's
  /// INTER_LINEAR, which Caffe's tools and layers use.
  ///
  /// - Throws: `CaffeError` of code `value` for extents that aren't positive or beyond all memory.
  public func resized(height: Int, width: Int) throws -> Picture {
    guard height > 0, width > 0, height <= 1 << 16, width <= 1 << 16, height * width <= 1 << 30 else {
      throw CaffeError(
        .value, "a picture can't be scaled to \(height)×\(width); give extents of 1 to 65536, 2³⁰ pixels in all")
    }
    if height == self.height, width == self.width { return self }
    return try Picture(height: height, width: width, channels: channels) { target in
      let status = withPixels {
        caffe_image_resize(
          $0, Int64(self.height), Int64(self.width), Int32(channels), target, Int64(height), Int64(width))
      }
      guard status == 0 else { throw CaffeError(.value, "there is no memory to scale a picture to \(height)×\(width)") }
    }
  }

  /// The part of `height` × `width` whose first pixel is `top`, `left`; it must lie inside.
  public func cropped(top: Int, left: Int, height: Int, width: Int) -> Picture {
    precondition(top >= 0 && left >= 0 && top + height <= self.height && left + width <= self.width)
    return Picture(height: height, width: width, channels: channels) { target in
      withPixels { source in
        for row in 0..<height {
          let from = source + ((top + row) * self.width + left) * channels
          (target + row * width * channels).update(from: from, count: width * channels)
        }
      }
    }
  }
}
