import CaffeCore
import CaffeHDF5
import CaffeNet
import CaffeProto

/// How many records a net's data layers read before they begin anew.
struct EpochLength: Equatable {
  /// The number of records.
  let records: Int
  /// How many of them a batch holds.
  let batchSize: Int

  /// The number of batches, of which the last one may reach into the next epoch.
  var batches: Int { (records + batchSize - 1) / batchSize }

  /// What the net's data layers read; nil where none has an end.
  ///
  /// - Throws: `CaffeError` when they differ, when one leaves out bad records, so that nobody knows how many there are, or
  ///   when one can't be read.
  static func of(_ net: Net) throws -> EpochLength? {
    var found: (layer: String, length: EpochLength)?
    for parameter in net.layerParameters {
      guard let length = try of(parameter, net.context) else { continue }
      if let found, found.length != length {
        throw CaffeError(
          .value,
          "the layers \"\(found.layer)\" and \"\(parameter.name)\" read \(found.length.records) and \(length.records) records, "
            + "\(found.length.batchSize) and \(length.batchSize) at a time: an epoch has no one end; "
            + "give the number of batches")
      }
      found = found ?? (parameter.name, length)
    }
    return found?.length
  }

  private static func of(_ parameter: LayerParameter, _ context: Context) throws -> EpochLength? {
    switch parameter.type {
    case "Data":
      let data = parameter.dataParam
      try check(skips: data.onError == .skip, parameter.name)
      let count = try records(context.path(data.source), data.backend == .lmdb ? .lmdb : .leveldb)
      return EpochLength(records: count, batchSize: Int(data.batchSize))
    case "ImageData":
      let data = parameter.imageDataParam
      try check(skips: data.onError == .skip, parameter.name)
      let count = try PictureList(context.path(data.source), name: data.source).entries.count
      return EpochLength(records: count, batchSize: Int(data.batchSize))
    case "HDF5Data":
      let data = parameter.hdf5DataParam
      guard let top = parameter.top.first else { return nil }
      let count = try HDF5FileList.names(in: data.source, context).reduce(0) {
        $0 + (try HDF5File.open(context.path($1)).dataset(top).shape.extents.first ?? 0)
      }
      return EpochLength(records: count, batchSize: Int(data.batchSize))
    default: return nil
    }
  }

  private static func check(skips: Bool, _ name: String) throws {
    guard skips else { return }
    throw CaffeError(
      .value,
      "with on_error: skip nobody knows before how many records there are to an epoch; give the number of batches",
      layer: name)
  }

  private static func records(_ path: String, _ backend: RecordBackend) throws -> Int {
    let reader = try RecordStore.open(path, backend: backend)
    if let count = reader.count { return count }
    var count = 0
    while try reader.next() { count += 1 }
    return count
  }
}
