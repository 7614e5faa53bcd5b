import CImageCodecs
import CaffeCore
import CaffeProto

/// What is done to each picture on its way in: subtract the mean, scale, cut out, mirror.
///
/// `value = (pixel - mean) · scale`. The square of `crop_size` is cut from a random place when training, from the
/// middle when testing; `mirror` flips every second picture, at random, in both phases, as Caffe does. What is
/// random depends only on the stream and on the picture's number, so a resumed run goes on as it would have.
public struct DataTransformer: Sendable {
  private enum Mean: Sendable {
    case none
    case perChannel([Float])
    case image(MeanImage)
  }

  private let mean: Mean
  private let scale: Float
  private let crop: Int
  private let mirrors: Bool
  private let isTraining: Bool
  private let random: RandomStream

  /// Checks `parameter` and reads its mean file.
  ///
  /// - Throws: `CaffeError` when it contradicts itself or the mean file can't be read.
  public init(_ parameter: TransformationParameter, phase: Phase, random: RandomStream) throws {
    guard !parameter.hasMeanFile || parameter.meanValue.isEmpty else {
      throw CaffeError(.field, "transform_param has both mean_file and mean_value; keep one of them")
    }
    guard !(parameter.forceColor && parameter.forceGray) else {
      throw CaffeError(.field, "transform_param has both force_color and force_gray; keep one of them")
    }
    if parameter.hasMeanFile {
      mean = .image(try MeanImage(parameter.meanFile))
    } else {
      mean = parameter.meanValue.isEmpty ? .none : .perChannel(parameter.meanValue)
    }
    scale = parameter.scale
    crop = Int(parameter.cropSize)
    mirrors = parameter.mirror
    isTraining = phase == .train
    self.random = random
  }

  /// The shape that a picture of `shape` comes out with.
  ///
  /// - Throws: `CaffeError` of code `shape` when crop or mean don't fit the picture.
  package func outputShape(of shape: DatumShape) throws -> DatumShape {
    switch mean {
    case .none: break
    case .perChannel(let values):
      guard values.count == 1 || values.count == shape.channels else {
        throw CaffeError(
          .shape,
          "transform_param has \(values.count) mean_value for pictures of \(shape.channels) channels; "
            + "give one, or one a channel")
      }
    case .image(let image):
      guard image.shape == shape else {
        throw CaffeError(
          .shape,
          "the mean_file holds a picture of \(image.shape), the data pictures of \(shape); "
            + "make it from this data with compute_image_mean")
      }
    }
    guard crop > 0 else { return shape }
    guard crop <= shape.height, crop <= shape.width else {
      throw CaffeError(
        .shape, "crop_size \(crop) is larger than the pictures of \(shape); make it smaller or the pictures larger")
    }
    return DatumShape(channels: shape.channels, height: crop, width: crop)
  }

  /// Writes picture `number` of the run, of `shape`, which `outputShape` has accepted, to `target`.
  package func transform(
    _ datum: DatumView, of shape: DatumShape, number: UInt64, to target: UnsafeMutablePointer<Float>
  ) {
    let window = self.window(of: shape, number: number)
    if datum.hasFloats {
      datum.floats.withUnsafeBufferPointer { write($0, of: shape, window, to: target) }
    } else {
      datum.data.withMemoryRebound(to: UInt8.self) { write($0, of: shape, window, to: target) }
    }
  }

  /// The same for bytes that lie channel by channel.
  func transform(
    _ bytes: UnsafeBufferPointer<UInt8>, of shape: DatumShape, number: UInt64, to target: UnsafeMutablePointer<Float>
  ) {
    write(bytes, of: shape, window(of: shape, number: number), to: target)
  }

  /// How an engine makes `count` pictures of `shape`, which `outputShape` has accepted, into values; and what it subtracts.
  func spec(for count: Int, of shape: DatumShape) -> (spec: PictureSpec, mean: [Float]?) {
    let side = crop > 0 ? (crop, crop) : (shape.height, shape.width)
    func spec(_ mean: PictureSpec.Mean) -> PictureSpec {
      PictureSpec(
        count: count, channels: shape.channels, height: shape.height, width: shape.width, outputHeight: side.0,
        outputWidth: side.1, mean: mean, scale: scale)
    }
    return switch mean {
    case .none: (spec(.none), nil)
    case .perChannel(let values):
      (spec(.perChannel), values.count == 1 ? Array(repeating: values[0], count: shape.channels) : values)
    case .image(let image): (spec(.picture), image.values)
    }
  }

  /// The place of picture `number` of the run for an engine: which of the pictures it is, the window, and whether it is mirrored.
  func place(of index: Int, shape: DatumShape, number: UInt64) -> [Float] {
    let window = window(of: shape, number: number)
    return [Float(index), Float(window.top), Float(window.left), window.isMirrored ? 1 : 0]
  }

  /// What is cut out, and whether it is flipped.
  private struct Window {
    var top = 0
    var left = 0
    var height: Int
    var width: Int
    var isMirrored = false
  }

  private func window(of shape: DatumShape, number: UInt64) -> Window {
    var window = Window(height: shape.height, width: shape.width)
    // A block of four words for each picture.
    var stream = random
    stream.state.position = number &* 4
    if crop > 0 {
      window.height = crop
      window.width = crop
      window.top = (shape.height - crop) / 2
      window.left = (shape.width - crop) / 2
      if isTraining {
        window.top = DataTransformer.below(shape.height - crop + 1, stream.nextWord())
        window.left = DataTransformer.below(shape.width - crop + 1, stream.nextWord())
      }
    }
    if mirrors {
      stream.state.position = number &* 4 &+ 2
      window.isMirrored = stream.nextWord() & 1 == 1
    }
    return window
  }

  private static func below(_ count: Int, _ word: UInt32) -> Int { Int((UInt64(word) * UInt64(count)) >> 32) }

  private func write<Source: PixelValue>(
    _ source: UnsafeBufferPointer<Source>, of shape: DatumShape, _ window: Window,
    to target: UnsafeMutablePointer<Float>
  ) {
    guard let source = source.baseAddress else { return }
    // Whole rows are one long row when nothing is cut off their ends.
    let isWhole = window.width == shape.width && !window.isMirrored
    let rows = isWhole ? 1 : window.height
    let length = isWhole ? window.height * window.width : window.width
    for channel in 0..<shape.channels {
      for row in 0..<rows {
        let from = (channel * shape.height + window.top + row) * shape.width + window.left
        let output = target + (channel * window.height + row) * window.width
        switch mean {
        case .none: Source.scale(source + from, 0, scale, output, length, backwards: window.isMirrored)
        case .perChannel(let values):
          let value = values[values.count == 1 ? 0 : channel]
          Source.scale(source + from, value, scale, output, length, backwards: window.isMirrored)
        case .image(let image):
          image.values.withUnsafeBufferPointer { mean in
            guard let mean = mean.baseAddress else { return }
            Source.scale(source + from, mean + from, scale, output, length, backwards: window.isMirrored)
          }
        }
      }
    }
  }
}

/// A kind of number that a record holds pixels as: `target = (source − mean) · scale` for a row, backwards if it is to be mirrored.
private protocol PixelValue {
  static func scale(
    _ source: UnsafePointer<Self>, _ mean: Float, _ scale: Float, _ target: UnsafeMutablePointer<Float>, _ count: Int,
    backwards: Bool)
  static func scale(
    _ source: UnsafePointer<Self>, _ mean: UnsafePointer<Float>, _ scale: Float, _ target: UnsafeMutablePointer<Float>,
    _ count: Int, backwards: Bool)
}

extension UInt8: PixelValue {
  fileprivate static func scale(
    _ source: UnsafePointer<UInt8>, _ mean: Float, _ scale: Float, _ target: UnsafeMutablePointer<Float>, _ count: Int,
    backwards: Bool
  ) {
    if backwards {
      caffe_image_scale_back(source, mean, scale, target, count)
    } else {
      caffe_image_scale(source, mean, scale, target, count)
    }
  }

  fileprivate static func scale(
    _ source: UnsafePointer<UInt8>, _ mean: UnsafePointer<Float>, _ scale: Float,
    _ target: UnsafeMutablePointer<Float>, _ count: Int, backwards: Bool
  ) {
    if backwards {
      caffe_image_scale_each_back(source, mean, scale, target, count)
    } else {
      caffe_image_scale_each(source, mean, scale, target, count)
    }
  }
}

extension Float: PixelValue {
  fileprivate static func scale(
    _ source: UnsafePointer<Float>, _ mean: Float, _ scale: Float, _ target: UnsafeMutablePointer<Float>, _ count: Int,
    backwards: Bool
  ) {
    for index in 0..<count { target[backwards ? count - 1 - index : index] = (source[index] - mean) * scale }
  }

  fileprivate static func scale(
    _ source: UnsafePointer<Float>, _ mean: UnsafePointer<Float>, _ scale: Float,
    _ target: UnsafeMutablePointer<Float>, _ count: Int, backwards: Bool
  ) {
    for index in 0..<count { target[backwards ? count - 1 - index : index] = (source[index] - mean[index]) * scale }
  }
}
