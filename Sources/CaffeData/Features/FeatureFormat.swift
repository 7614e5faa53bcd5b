import CaffeCore
import Foundation

/// What features are written as.
public enum FeatureFormat: String, Sendable, CaseIterable {
  /// A database of `Datum` records of floats.
  case lmdb, leveldb
  /// A file with a dataset of the blob's name.
  case hdf5
  /// NumPy's file of one array.
  case npy

  /// The format that a flag names, in any case.
  ///
  /// - Throws: `CaffeError` of code `flag` for another name.
  public init(named name: String) throws {
    guard let format = FeatureFormat(rawValue: name.lowercased()) else {
      throw CaffeError(.flag, "unknown format of features \"\(name)\"; use lmdb, leveldb, hdf5 or npy")
    }
    self = format
  }

  /// A store at each of `paths` for the blob of the same place in `blobs`; blobs that name one HDF5 file share it.
  ///
  /// - Parameter replacing: Whether what is there gives way to the new, once that is whole.
  /// - Throws: `CaffeError` for paths that are there or can't be written; then nothing was made.
  public func stores(_ paths: [String], blobs: [String], replacing: Bool = false) throws -> [any FeatureStore] {
    guard paths.count == blobs.count else {
      throw CaffeError(
        .flag,
        "there are \(blobs.count) blobs and \(paths.count) names of what to write; give one name for each blob"
          + (self == .hdf5 ? ", or one for all" : ""))
    }
    var files: [String: HDF5FeatureFile] = [:]
    return try zip(paths, blobs).map { path, blob in
      switch self {
      case .lmdb: return DatabaseFeatures(try RecordStore.create(path, backend: .lmdb, replacing: replacing))
      case .leveldb: return DatabaseFeatures(try RecordStore.create(path, backend: .leveldb, replacing: replacing))
      case .npy:
        try FeatureFormat.checkFree(path, replacing)
        return try NPYFeatures(path)
      case .hdf5:
        if let file = files[path] { return HDF5Features(file, blob: blob) }
        try FeatureFormat.checkFree(path, replacing)
        let file = try HDF5FeatureFile(path)
        files[path] = file
        return HDF5Features(file, blob: blob)
      }
    }
  }

  private static func checkFree(_ path: String, _ replacing: Bool) throws {
    guard !replacing, SystemCalls.kind(of: path) != .missing else { return }
    throw CaffeError(.file, file: path, "already exists; remove it, choose another name, or say --force")
  }
}

/// Where the features of a blob go; they are there, whole, after `finish`, or not at all.
public protocol FeatureStore: AnyObject {
  /// Adds as many rows as there are keys: `values` row after row, each of the extents `row`.
  ///
  /// - Throws: `CaffeError` when they can't be written, or rows have other extents than those before and the format
  ///   takes only one.
  func append(_ values: [Float], row: [Int], keys: [String]) throws
  /// Writes what is left and gives the store its name.
  func finish() throws
}
