import CaffeCore
import CaffeHDF5
import CaffeProto

/// Features as records of floats: what the original's tool writes.
final class DatabaseFeatures: FeatureStore {
  private let writer: any RecordWriter

  init(_ writer: any RecordWriter) { self.writer = writer }

  func append(_ values: [Float], row: [Int], keys: [String]) throws {
    let size = row.reduce(1, *)
    var datum = Datum()
    // A Datum has three extents: what is missing is 1, what is over goes into the last.
    datum.channels = Int32(clamping: row.first ?? 1)
    datum.height = Int32(clamping: row.count > 1 ? row[1] : 1)
    datum.width = Int32(clamping: row.dropFirst(2).reduce(1, *))
    for (index, key) in keys.enumerated() {
      datum.floatData = Array(values[index * size..<(index + 1) * size])
      try writer.put(key: key, value: datum.serializedBytes())
    }
  }

  func finish() throws { try writer.finish() }
}

/// An HDF5 file that features of several blobs may go to.
final class HDF5FeatureFile {
  let file: HDF5GrowingFile

  init(_ path: String) throws { file = try HDF5GrowingFile(path) }
}

/// Features as a dataset, named like the blob.
final class HDF5Features: FeatureStore {
  private let target: HDF5FeatureFile
  private let blob: String

  init(_ target: HDF5FeatureFile, blob: String) {
    self.target = target
    self.blob = blob
  }

  func append(_ values: [Float], row: [Int], keys: [String]) throws {
    try target.file.append(values, shape: [keys.count] + row, to: blob)
  }

  // Of several blobs' stores the first one finishes the file: all rows are there by then.
  func finish() throws { try target.file.finish() }
}

/// Features as an array of NumPy's format 1.0, float32, row-major.
///
/// Source: NumPy's NEP 1. The header has a fixed size, so that the number of rows can be put in at the end.
final class NPYFeatures: FeatureStore {
  private static let headerSize = 256
  private let file: PendingFile
  private var row: [Int]?
  private var count = 0

  init(_ path: String) throws {
    file = try PendingFile(path)
    try [UInt8](repeating: 32, count: NPYFeatures.headerSize).withUnsafeBytes { try file.append($0) }
  }

  func append(_ values: [Float], row: [Int], keys: [String]) throws {
    guard self.row == nil || self.row == row else {
      throw CaffeError(
        .shape, file: file.path,
        "a row of shape \(row) comes after those of \(self.row ?? []); one array holds one shape")
    }
    self.row = row
    count += keys.count
    try values.map(\.bitPattern.littleEndian).withUnsafeBytes { try file.append($0) }
  }

  func finish() throws { try file.finish(beginning: header()) }

  private func header() -> [UInt8] {
    let extents = ([count] + (row ?? [])).map(String.init).joined(separator: ", ")
    let comma = row?.isEmpty ?? true ? "," : ""
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)\(comma)), }"
    let room = NPYFeatures.headerSize - 10
    text += String(repeating: " ", count: max(0, room - 1 - text.utf8.count)) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(room & 255), UInt8(room >> 8)] + Array(text.utf8)
  }
}
