import CaffeCore
import CaffeHDF5

/// Goes through the records of HDF5 files, over and over, with one file in memory.
final class HDF5RecordReader {
  /// The shape of a record of each dataset.
  let recordShapes: [[Int]]

  private let files: [(name: String, path: String)]
  private let datasets: [String]
  private var random: RandomStream?
  private var fileOrder: [Int]
  private var recordOrder: [Int] = []
  private var filePosition = 0
  private var position = 0
  private var values: [[Float]] = []
  private let counts: [Int]

  /// Opens the first file. With `random` files and records come in a drawn order.
  init(files: [(name: String, path: String)], datasets: [String], random: RandomStream?) throws {
    self.files = files
    self.datasets = datasets
    var stream = random
    fileOrder = Array(files.indices)
    if stream != nil { fileOrder.shuffle(using: &stream) }
    self.random = stream
    let first = try HDF5RecordReader.load(files[fileOrder[0]], datasets)
    recordShapes = first.map { Array($0.shape.extents.dropFirst()) }
    counts = recordShapes.map { $0.reduce(1, *) }
    begin(first)
  }

  /// The current record, for a person.
  var place: (file: String, record: Int) { (files[fileOrder[filePosition]].name, recordOrder[position]) }

  /// Copies the current record of dataset `index` to place `place` of `target`, which holds records in a row.
  func copyRecord(of index: Int, to target: UnsafeMutablePointer<Float>, place: Int) {
    let count = counts[index]
    values[index].withUnsafeBufferPointer { source in
      guard let start = source.baseAddress else { return }
      target.advanced(by: place * count).update(from: start + recordOrder[position] * count, count: count)
    }
  }

  /// Goes to the next record, which may be in the next file.
  func advance() throws {
    position += 1
    guard position == recordOrder.count else { return }
    if files.count > 1 { try openNext() } else { shuffleRecords() }
    position = 0
  }

  private func openNext() throws {
    filePosition += 1
    if filePosition == files.count {
      filePosition = 0
      if random != nil { fileOrder.shuffle(using: &random) }
    }
    let file = files[fileOrder[filePosition]]
    values = []
    let loaded = try HDF5RecordReader.load(file, datasets)
    for (index, dataset) in loaded.enumerated() where Array(dataset.shape.extents.dropFirst()) != recordShapes[index] {
      throw CaffeError(
        .shape, file: file.name,
        "a record of dataset \"\(datasets[index])\" has the shape \(Array(dataset.shape.extents.dropFirst())), but "
          + "\(recordShapes[index]) in the files before; give all files of the list the same shapes")
    }
    begin(loaded)
  }

  private func begin(_ loaded: [(shape: Shape, values: [Float])]) {
    values = loaded.map(\.values)
    recordOrder = Array(0..<loaded[0].shape[0])
    shuffleRecords()
  }

  private func shuffleRecords() {
    if random != nil { recordOrder.shuffle(using: &random) }
  }

  private static func load(
    _ file: (name: String, path: String), _ datasets: [String]
  ) throws -> [(shape: Shape, values: [Float])] {
    let root = try HDF5File.open(file.path)
    let loaded = try datasets.map { name in
      let dataset = try root.dataset(name)
      guard dataset.shape.axisCount > 0, dataset.shape[0] > 0 else {
        throw CaffeError(
          .shape, file: file.name,
          "dataset \"\(name)\" has the shape \(dataset.shape); its first axis must count at least one record")
      }
      return (shape: dataset.shape, values: try dataset.floats())
    }
    let records = loaded[0].shape[0]
    for (name, dataset) in zip(datasets, loaded) where dataset.shape[0] != records {
      throw CaffeError(
        .shape, file: file.name,
        "dataset \"\(name)\" has \(dataset.shape[0]) records, but \"\(datasets[0])\" has \(records); "
          + "give every record a value in each")
    }
    return loaded
  }
}

extension Array {
  /// Draws a new order from `stream`, which must be there.
  fileprivate mutating func shuffle(using stream: inout RandomStream?) {
    guard var generator = stream else { return }
    shuffle(using: &generator)
    stream = generator
  }
}
