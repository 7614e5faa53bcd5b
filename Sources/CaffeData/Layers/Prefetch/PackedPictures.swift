import CaffeCore

/// Pictures of a batch as bytes, for an engine that makes them into values itself.
final class PackedPictures {
  /// The bytes, one picture after the other, four in the room of a value.
  let bytes = Buffer()
  /// Four values for each picture; see `PictureOps`.
  private(set) var places: [Float] = []
  /// The shape of each.
  private let shape: DatumShape
  private let transformer: DataTransformer

  init(of shape: DatumShape, _ transformer: DataTransformer) {
    self.shape = shape
    self.transformer = transformer
  }

  /// Begins a batch of `count` pictures, whose bytes are to be added unless an engine has them already.
  func begin(_ count: Int, holdsBytes: Bool) {
    places.removeAll(keepingCapacity: true)
    if holdsBytes { bytes.resize(to: PackedPictures.room(for: count * shape.count)) }
  }

  /// Adds picture `number` of the run, number `index` of those that the engine has.
  func append(_ pixels: UnsafeRawBufferPointer?, index: Int, number: UInt64) {
    if let pixels {
      let target = UnsafeMutableRawPointer(bytes.hostForOverwriting()) + places.count / 4 * shape.count
      if let source = pixels.baseAddress { target.copyMemory(from: source, byteCount: shape.count) }
    }
    places += transformer.place(of: index, shape: shape, number: number)
  }

  /// How many values have room for so many bytes.
  static func room(for bytes: Int) -> Int { (bytes + 3) / 4 }
}

/// Makes packed pictures into a layer's top.
struct PictureUnpacker {
  private let spec: PictureSpec
  private let mean: Buffer?
  private let places: Buffer

  /// - Parameter count: Pictures of a batch.
  init(_ count: Int, of shape: DatumShape, _ transformer: DataTransformer) {
    let (spec, values) = transformer.spec(for: count, of: shape)
    self.spec = spec
    mean = values.map { values in
      let buffer = Buffer(count: values.count)
      buffer.set(values)
      return buffer
    }
    places = Buffer(count: count * 4)
  }

  /// Computes the values of a batch, of `bytes` or those that it brings.
  func unpack(_ batch: PackedPictures, bytes: Buffer?, to output: Buffer, _ engine: any Engine) {
    places.set(batch.places)
    engine.transformPictures(spec, bytes: bytes ?? batch.bytes, places: places, mean: mean, output: output)
  }
}
