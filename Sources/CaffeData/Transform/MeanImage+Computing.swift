import CaffeCore
import CaffeProto

extension MeanImage {
  /// Computes the mean of all pictures of a database.
  ///
  /// Sums are exact or of double precision, so that the number of pictures costs no digits. `follow` is given the number
  /// of pictures after every 10,000 and at the end; `shouldStop` is asked every 1,000.
  ///
  /// - Throws: `CaffeError` when the database can't be read, and with its key for a record that is damaged or of
  ///   another size than the first.
  package init(
    ofDatabase path: String, backend: RecordBackend, follow: (Int) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws {
    let reader = try RecordStore.open(path, backend: backend)
    let decoder = RecordDecoder()
    var shape: DatumShape?
    var sums: [Double] = []
    var count = 0
    while try reader.next() {
      if count % 1000 == 0, shouldStop() {
        throw CaffeError(.file, file: path, "interrupted after \(count) pictures; nothing was written")
      }
      do {
        let datum = try decoder.decode(DatumView(reader.value))
        let found = try datum.checkedShape()
        if shape == nil { sums = [Double](repeating: 0, count: found.count) }
        let expected = shape ?? found
        guard found == expected else {
          throw CaffeError(
            .shape,
            "is a picture of \(found) where the first is one of \(expected); make the database with --resize_height and "
              + "--resize_width")
        }
        shape = expected
        MeanImage.add(datum, to: &sums)
      } catch let error as CaffeError {
        throw CaffeError(error.code, file: path, "the record with key \(reader.keyText) \(error.message)")
      }
      count += 1
      if count % 10000 == 0 { follow(count) }
    }
    guard let shape else { throw CaffeError(.corrupt, file: path, "has no records; make it again from its data") }
    if count % 10000 != 0 { follow(count) }
    self.init(shape: shape, values: sums.map { Float($0 / Double(count)) })
  }

  private static func add(_ datum: DatumView, to sums: inout [Double]) {
    if datum.hasFloats {
      for (index, value) in datum.floats.enumerated() { sums[index] += Double(value) }
    } else {
      sums.withUnsafeMutableBufferPointer { sums in
        for (index, value) in datum.data.enumerated() { sums[index] += Double(value) }
      }
    }
  }

  /// The mean of each channel.
  package var channelMeans: [Float] {
    let plane = shape.height * shape.width
    return (0..<shape.channels).map { channel in
      let sum = values[channel * plane..<(channel + 1) * plane].reduce(0.0) { $0 + Double($1) }
      return Float(sum / Double(plane))
    }
  }

  /// Writes the picture as the original does: a `BlobProto` with the four old extents.
  package func write(to path: String) throws {
    var blob = BlobProto()
    blob.num = 1
    blob.channels = Int32(shape.channels)
    blob.height = Int32(shape.height)
    blob.width = Int32(shape.width)
    blob.data = values
    try BinaryProto.write(blob, file: path)
  }
}
