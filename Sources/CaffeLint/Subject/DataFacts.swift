import CaffeCore
import CaffeData
import CaffeHDF5
import CaffeNet
import CaffeProto

/// What lies behind the data layers, as far as the files are there: read once, whatever asks.
final class DataFacts {
  /// What is known of a set of records.
  struct Facts {
    /// How many records there are.
    var count: Int?
    /// The shape of the first one.
    var shape: DatumShape?
    /// The least and the largest of the labels that were looked at.
    var labels: ClosedRange<Int>?
    /// How many labels were looked at.
    var labelsSeen = 0
  }

  private let context: Context
  private var known: [String: Facts] = [:]
  /// A linter is to answer at once: of large sets, it reads this many records and bytes.
  private static let mostRecords = 20_000
  private static let mostBytes = 64 << 20

  init(context: Context) { self.context = context }

  /// What is known of the records of a data layer.
  func of(_ layer: LayerParameter) -> Facts {
    let key = "\(layer.type) \(layer.dataParam.source)\(layer.imageDataParam.source)\(layer.hdf5DataParam.source)"
    if let facts = known[key] { return facts }
    // What can't be read isn't known; training will say why.
    let facts = (try? read(layer)) ?? Facts()
    known[key] = facts
    return facts
  }

  /// What is wrong with a layer type; nil where the registry has it.
  func problem(withType type: String) -> String? { context.registry.problem(withType: type)?.message }

  /// The mean picture of a data layer's file, if it has one and it is there.
  func mean(of layer: LayerParameter) -> DatumShape? {
    let file = layer.transformParam.meanFile
    return file.isEmpty ? nil : (try? MeanImage(context.path(file)))?.shape
  }

  private func read(_ layer: LayerParameter) throws -> Facts {
    switch layer.type {
    // Opening a LevelDB may rewrite its files, which a look must not do.
    case "Data" where layer.dataParam.backend == .lmdb: try records(context.path(layer.dataParam.source))
    case "ImageData": try list(context.path(layer.imageDataParam.source))
    case "HDF5Data": try datasets(layer)
    default: Facts()
    }
  }

  private func records(_ path: String) throws -> Facts {
    let reader = try RecordStore.open(path, backend: .lmdb)
    var facts = Facts(count: reader.count)
    var bytes = 0
    while facts.labelsSeen < DataFacts.mostRecords, bytes < DataFacts.mostBytes, try reader.next() {
      let datum = try DatumView(reader.value)
      bytes += reader.value.count
      if facts.labelsSeen == 0, !datum.isEncoded { facts.shape = try? datum.checkedShape() }
      facts.see(datum.label)
    }
    return facts
  }

  private func list(_ path: String) throws -> Facts {
    let list = try PictureList(path)
    var facts = Facts(count: list.entries.count)
    for entry in list.entries where entry.labels.count == 1 {
      if let label = Int(exactly: entry.labels[0]) { facts.see(label) }
    }
    return facts
  }

  private func datasets(_ layer: LayerParameter) throws -> Facts {
    let list = try MappedFile(context.path(layer.hdf5DataParam.source)).withBytes {
      String(decoding: $0, as: UTF8.self)
    }
    var facts = Facts(count: 0)
    for file in list.split(whereSeparator: \.isWhitespace) {
      let group = try HDF5File.open(context.path(String(file)))
      guard let top = layer.top.first else { continue }
      facts.count = (facts.count ?? 0) + (try group.dataset(top).shape.extents.first ?? 0)
    }
    return facts
  }
}

extension DataFacts.Facts {
  fileprivate mutating func see(_ label: Int) {
    labelsSeen += 1
    labels = min(labels?.lowerBound ?? label, label)...max(labels?.upperBound ?? label, label)
  }
}
