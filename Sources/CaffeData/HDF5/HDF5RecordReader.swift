import CaffeCore
import CaffeHDF5

/// Goes through the records of HDF5 files, over and over, with a bounded part of one file in memory.
///
/// A file that fits into the limit is held whole. Of a larger one a piece is held when its records come in order; when they come
/// in a drawn order, each is read by itself.
package final class HDF5RecordReader {
  /// A file, by the name that the list has and the path that the system needs.
  package typealias File = (name: String, path: String)

  /// How many bytes of a file are held at most unless another limit is given.
  package static let standardLimit = 256 << 20

  /// The shape of a record of each dataset.
  package let recordShapes: [[Int]]
  /// The most bytes of records that were held at once.
  package private(set) var largestHolding = 0

  private let files: [File]
  private let datasets: [String]
  private let limit: Int
  private let counts: [Int]
  private var random: RandomStream?

  private var fileOrder: [Int]
  private var filePosition = 0
  /// The drawn order of the current file's records; nil where they come in order.
  private var recordOrder: [UInt32]?
  private var recordCount = 0
  private var position = 0
  /// The number of records of each file, where it is known.
  private var recordCounts: [Int: Int] = [:]

  private var opened: (file: Int, datasets: [HDF5Dataset])?
  /// The records of the opened file that are held, and their values of each dataset.
  private var held: (rows: Range<Int>, values: [[Float]]) = (0..<0, [])

  /// Opens the first file. With `random` files and records come in a drawn order.
  package init(files: [File], datasets: [String], random: RandomStream?, limit: Int = standardLimit) throws {
    self.files = files
    self.datasets = datasets
    self.limit = limit
    var random = random
    fileOrder = Array(files.indices)
    fileOrder.shuffle(using: &random)
    self.random = random
    let first = try HDF5RecordReader.open(files[fileOrder[0]], datasets)
    recordShapes = first.map { Array($0.shape.extents.dropFirst()) }
    counts = recordShapes.map { $0.reduce(1, *) }
    opened = (fileOrder[0], first)
    recordCounts[fileOrder[0]] = first[0].shape[0]
    try orderRecords()
  }

  /// The current record, for a person.
  package var place: (file: String, record: Int) { (files[fileOrder[filePosition]].name, row) }

  /// The current record's number in its file.
  private var row: Int { recordOrder.map { Int($0[position]) } ?? position }

  /// Copies the current record of dataset `index` to place `place` of `target`, which holds records in a row.
  package func copyRecord(of index: Int, to target: UnsafeMutablePointer<Float>, place: Int) throws {
    let datasets = try openedDatasets()
    let (row, count) = (row, counts[index])
    if !held.rows.contains(row) {
      let rows = rowsToHold(from: row)
      guard !rows.isEmpty else { return try datasets[index].readRows(row..<row + 1, to: target + place * count) }
      try hold(rows, of: datasets)
    }
    held.values[index].withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      (target + place * count).update(from: start + (row - held.rows.lowerBound) * count, count: count)
    }
  }

  /// Goes to the next record, which may be in the next file.
  package func advance() throws { try skip(records: 1) }

  /// Goes `records` records further, without reading those between.
  package func skip(records: UInt64) throws {
    var left = records
    if random == nil, records > recordCount {
      left %= UInt64(try files.indices.reduce(0) { $0 + (try count(of: $1)) })
    }
    while left > 0 {
      let inFile = UInt64(recordCount - position)
      if left < inFile {
        position += Int(left)
        return
      }
      left -= inFile
      try openNext()
    }
  }

  private func openNext() throws {
    filePosition += 1
    if filePosition == files.count {
      filePosition = 0
      fileOrder.shuffle(using: &random)
    }
    try orderRecords()
  }

  private func orderRecords() throws {
    position = 0
    recordCount = try count(of: fileOrder[filePosition])
    guard random != nil else { return }
    recordOrder = nil
    guard recordCount <= Int(UInt32.max) else {
      throw CaffeError(
        .unsupported, file: files[fileOrder[filePosition]].name,
        "the file has \(recordCount) records, too many to be shuffled; split it, or leave shuffle out")
    }
    var order = (0..<recordCount).map { UInt32(truncatingIfNeeded: $0) }
    order.shuffle(using: &random)
    recordOrder = order
  }

  private func count(of file: Int) throws -> Int {
    if let count = recordCounts[file] { return count }
    let count = try HDF5RecordReader.open(files[file], datasets)[0].shape[0]
    recordCounts[file] = count
    return count
  }
}

// MARK: - Reading

extension HDF5RecordReader {
  /// The bytes of a record in memory.
  private var recordSize: Int { max(1, counts.reduce(0, +) * MemoryLayout<Float>.stride) }

  /// Which rows to read when row `row` is needed; none where it should be read alone.
  private func rowsToHold(from row: Int) -> Range<Int> {
    if recordCount <= limit / recordSize { return 0..<recordCount }
    // The next piece is read when this one is used up.
    return recordOrder == nil ? row..<min(recordCount, row + max(1, limit / 16 / recordSize)) : 0..<0
  }

  /// The bytes of the first file's records that are held at once.
  package var bytesToHold: Int { rowsToHold(from: 0).count * recordSize }

  private func hold(_ rows: Range<Int>, of datasets: [HDF5Dataset]) throws {
    // The old part's memory goes before the new one's comes; if that fails, nothing is held.
    held = (0..<0, [])
    let values = try zip(datasets, counts).map { dataset, count in
      try [Float](unsafeUninitializedCapacity: rows.count * count) { buffer, initialized in
        if let start = buffer.baseAddress { try dataset.readRows(rows, to: start) }
        initialized = rows.count * count
      }
    }
    held = (rows, values)
    largestHolding = max(largestHolding, rows.count * recordSize)
  }

  private func openedDatasets() throws -> [HDF5Dataset] {
    let index = fileOrder[filePosition]
    if let opened, opened.file == index { return opened.datasets }
    held = (0..<0, [])
    opened = nil
    let found = try HDF5RecordReader.open(files[index], datasets)
    for (dataset, shape) in zip(found, recordShapes) where Array(dataset.shape.extents.dropFirst()) != shape {
      throw CaffeError(
        .shape, file: files[index].name,
        "a record of dataset \"\(dataset.path)\" has the shape \(Array(dataset.shape.extents.dropFirst())), but "
          + "\(shape) in the files before; give all files of the list the same shapes")
    }
    guard found[0].shape[0] == recordCount else {
      throw CaffeError(
        .corrupt, file: files[index].name,
        "the file has \(found[0].shape[0]) records and had \(recordCount) before; "
          + "leave it alone while it is in use")
    }
    opened = (index, found)
    return found
  }

  /// Opens the datasets of a file and checks that they have as many records.
  private static func open(_ file: File, _ datasets: [String]) throws -> [HDF5Dataset] {
    let root = try HDF5File.open(file.path)
    let opened = try datasets.map { name in
      let dataset = try root.dataset(name)
      guard dataset.shape.axisCount > 0, dataset.shape[0] > 0 else {
        throw CaffeError(
          .shape, file: file.name,
          "dataset \"\(name)\" has the shape \(dataset.shape); its first axis must count at least one record")
      }
      return dataset
    }
    let records = opened[0].shape[0]
    for dataset in opened where dataset.shape[0] != records {
      throw CaffeError(
        .shape, file: file.name,
        "dataset \"\(dataset.path)\" has \(dataset.shape[0]) records, but \"\(opened[0].path)\" has \(records); "
          + "give every record a value in each")
    }
    return opened
  }
}

extension Array {
  /// Draws a new order, if there is something to draw from.
  fileprivate mutating func shuffle(using stream: inout RandomStream?) {
    guard var generator = stream else { return }
    shuffle(using: &generator)
    stream = generator
  }
}
