import CaffeCore
import CaffeProto

/// A file of pictures and one of labels that belong together.
struct MNISTSet {
  let pictures: IDXFile
  let classes: IDXFile

  var count: Int { pictures.count }
  var height: Int32 { Int32(pictures.extents[1]) }
  var width: Int32 { Int32(pictures.extents[2]) }

  init(images: String, labels: String) throws {
    pictures = try IDXFile(images, content: .images)
    classes = try IDXFile(labels, content: .labels)
    guard pictures.count == classes.count else {
      throw CaffeError(
        .corrupt, file: labels,
        "holds \(classes.count) labels, but \(images) holds \(pictures.count) pictures; give two files of one set")
    }
    guard pictures.extents.allSatisfy({ $0 <= Int(Int32.max) }) else {
      throw CaffeError(.corrupt, file: images, "its header's sizes are impossible; download it again")
    }
  }

  func label(_ index: Int) -> UInt8 { classes.withItem(index) { $0[0] } }

  /// Puts what `make` gives for 0, 1, … up to the number of pictures into a new database, by keys of eight digits.
  ///
  /// - Returns: the number of records.
  func write(
    to database: String, backend: RecordBackend, shouldStop: () -> Bool, _ make: (Int) -> Datum
  ) throws -> Int {
    let writer = try RecordStore.create(database, backend: backend)
    for index in 0..<count {
      if index % 1000 == 0, shouldStop() {
        throw CaffeError(.file, file: database, "interrupted after \(index) records; nothing was made")
      }
      try writer.put(key: recordKey(index, digits: 8), value: make(index).serializedBytes())
    }
    try writer.finish()
    return writer.count
  }
}
