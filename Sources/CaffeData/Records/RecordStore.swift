import CaffeCore
import Foundation

/// The kinds of database that Caffe keeps records in.
public enum RecordBackend: String, Sendable, CaseIterable {
  /// Lightning Memory-Mapped Database: a folder with `data.mdb`.
  case lmdb
  /// LevelDB: a folder with `CURRENT` and a `MANIFEST`.
  case leveldb

  /// The backend that a flag names, in any case.
  ///
  /// - Throws: `CaffeError` of code `flag` for another name.
  public init(named name: String) throws {
    guard let backend = RecordBackend(rawValue: name.lowercased()) else {
      throw CaffeError(.flag, "unknown database backend \"\(name)\"; use lmdb or leveldb")
    }
    self = backend
  }

  /// The name in plain text.
  package var title: String { self == .lmdb ? "LMDB" : "LevelDB" }
}

/// A cursor over the records of a database, in the order of their keys.
///
/// It starts before the first record. `key` and `value` lie in memory of the database: nothing is copied, and they
/// are valid until the next call of `next`, `rewind` or `seek`. One thread at a time may use a reader; several
/// readers of one database may be used by as many threads.
public protocol RecordReader: AnyObject {
  /// The folder as the user gave it.
  var path: String { get }
  /// The number of records where the database knows it.
  var count: Int? { get }
  /// The current record's key; empty before the first and after the last.
  var key: UnsafeRawBufferPointer { get }
  /// The current record's value; empty before the first and after the last.
  var value: UnsafeRawBufferPointer { get }
  /// Goes to the next record; false after the last one.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when the database is damaged.
  func next() throws -> Bool
  /// Goes back to before the first record.
  func rewind() throws
  /// Goes to the first record whose key is `key` or comes after it; false where there is none.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when the database is damaged, of code `unsupported` when its keys aren't in the order of
  ///   their bytes.
  func seek(_ key: UnsafeRawBufferPointer) throws -> Bool
  /// Whether keys and values stay valid after further calls, as long as the reader lives.
  var keepsRecords: Bool { get }
}

extension RecordReader {
  /// The current record's key as text.
  public var keyText: String { String(decoding: key, as: UTF8.self) }
}

/// Puts records into a new database, which appears under its name, whole, with `finish`, or not at all.
///
/// Records go out in transactions of 1,000, or of fewer when they are large. A writer that is dropped without `finish`
/// removes what it has written.
public protocol RecordWriter: AnyObject {
  /// The folder that will be there after `finish`.
  var path: String { get }
  /// The number of records put so far.
  var count: Int { get }
  /// Adds a record; one of the same key is replaced.
  ///
  /// - Throws: `CaffeError` of code `value` for a key that the database can't hold, of code `file` when it can't be written.
  func put(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws
  /// Writes what is left, waits for the disk, and gives the database its name.
  func finish() throws
}

extension RecordWriter {
  /// Adds a record.
  public func put(key: String, value: [UInt8]) throws {
    var key = key
    try key.withUTF8 { key in
      try value.withUnsafeBytes { try put(key: UnsafeRawBufferPointer(key), value: $0) }
    }
  }
}

/// Where databases of records are opened and made.
public enum RecordStore {
  /// Opens the database in the folder `path` for reading.
  ///
  /// Readers of one folder in one process share what they open. An LMDB is never written, not even its lock file where
  /// the folder is read-only. LevelDB has no reading mode: opening locks the folder against other processes and
  /// may rewrite its files.
  ///
  /// - Throws: `CaffeError` of code `file` when there is no such folder or it can't be opened, of code `corrupt`
  ///   when it isn't a database of this backend, is damaged or has no records.
  public static func open(_ path: String, backend: RecordBackend) throws -> any RecordReader {
    try RecordFolder.checkExisting(path, backend: backend)
    let reader: any RecordReader =
      switch backend {
      case .lmdb: try LMDBReader(path)
      case .leveldb: try LevelDBReader(path)
      }
    guard try reader.next() else {
      throw CaffeError(
        .corrupt, file: path, "this \(backend.title) database has no records; make it again from its data")
    }
    try reader.rewind()
    return reader
  }

  /// The bytes of the files of the database in the folder `path`; 0 where there is none.
  package static func size(of path: String) -> Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return files.reduce(0) { sum, file in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(path)/\(file)")
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }

  /// Makes a new database that will be in the folder `path`.
  ///
  /// With `replacing`, a database that is there already gives way when the new one is finished, and not before.
  ///
  /// - Throws: `CaffeError` of code `file` when `path` already exists (or, with `replacing`, is no database) or its folder
  ///   can't be written.
  public static func create(
    _ path: String, backend: RecordBackend, replacing: Bool = false
  ) throws -> any RecordWriter {
    let folder = try PendingFolder(path, replacing: replacing)
    return switch backend {
    case .lmdb: try LMDBWriter(path, in: folder)
    case .leveldb: try LevelDBWriter(path, in: folder)
    }
  }
}
