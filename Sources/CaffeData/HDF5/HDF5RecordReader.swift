import CaffeCore
import CaffeHDF5

/// Goes through the records of HDF5 files, over and over, with one file in memory.
final class HDF5RecordReader {
  typealias File = (name: String, path: String)

  /// The shape of a record of each dataset.
  let recordShapes: [[Int]]

  private let files: [File]
  private let datasets: [String]
  private let counts: [Int]
  private var random: RandomStream?

  private var fileOrder: [Int]
  private var filePosition = 0
  private var recordOrder: [Int] = []
  private var position = 0
  /// The number of records of each file, where it is known.
  private var recordCounts: [Int: Int] = [:]

  /// The index of the file whose records `values` holds, or `noFile`.
  private var loadedFile: Int
  private static let noFile = -1
  private var values: [[Float]]

  /// Opens the first file. With `random` files and records come in a drawn order.
  init(files: [File], datasets: [String], random: RandomStream?) throws {
    self.files = files
    self.datasets = datasets
    var random = random
    fileOrder = Array(files.indices)
    fileOrder.shuffle(using: &random)
    self.random = random
    loadedFile = fileOrder[0]
    let first = try HDF5RecordReader.open(files[loadedFile], datasets)
    recordShapes = first.map { Array($0.shape.extents.dropFirst()) }
    counts = recordShapes.map { $0.reduce(1, *) }
    values = try first.map { try $0.floats() }
    recordCounts[loadedFile] = first[0].shape[0]
    try orderRecords()
  }

  /// The current record, for a person.
  var place: (file: String, record: Int) { (files[fileOrder[filePosition]].name, recordOrder[position]) }

  /// Copies the current record of dataset `index` to place `place` of `target`, which holds records in a row.
  func copyRecord(of index: Int, to target: UnsafeMutablePointer<Float>, place: Int) throws {
    try load()
    let count = counts[index]
    values[index].withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      target.advanced(by: place * count).update(from: start + recordOrder[position] * count, count: count)
    }
  }

  /// Goes to the next record, which may be in the next file.
  func advance() throws { try skip(records: 1) }

  /// Goes `records` records further, without reading those between.
  func skip(records: UInt64) throws {
    var left = records
    if random == nil, records > recordOrder.count {
      left %= UInt64(try files.indices.reduce(0) { $0 + (try recordCount(of: $1)) })
    }
    while left > 0 {
      let inFile = UInt64(recordOrder.count - position)
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
    recordOrder = Array(0..<(try recordCount(of: fileOrder[filePosition])))
    recordOrder.shuffle(using: &random)
  }

  private func recordCount(of file: Int) throws -> Int {
    if let count = recordCounts[file] { return count }
    let count = try HDF5RecordReader.open(files[file], datasets)[0].shape[0]
    recordCounts[file] = count
    return count
  }

  private func load() throws {
    let index = fileOrder[filePosition]
    guard index != loadedFile else { return }
    // The old file's memory goes before the new one's comes; if that fails, no file is in memory.
    values = []
    loadedFile = HDF5RecordReader.noFile
    let opened = try HDF5RecordReader.open(files[index], datasets)
    for (dataset, shape) in zip(opened, recordShapes) where Array(dataset.shape.extents.dropFirst()) != shape {
      throw CaffeError(
        .shape, file: files[index].name,
        "a record of dataset \"\(dataset.path)\" has the shape \(Array(dataset.shape.extents.dropFirst())), but "
          + "\(shape) in the files before; give all files of the list the same shapes")
    }
    guard opened[0].shape[0] == recordOrder.count else {
      throw CaffeError(
        .corrupt, file: files[index].name,
        "the file has \(opened[0].shape[0]) records and had \(recordOrder.count) before; "
          + "leave it alone while it is in use")
    }
    values = try opened.map { try $0.floats() }
    loadedFile = index
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
