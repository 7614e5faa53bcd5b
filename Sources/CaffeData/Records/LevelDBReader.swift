import CLevelDB
import CaffeCore

/// A cursor over a LevelDB, on one snapshot of it.
final class LevelDBReader: RecordReader {
  let path: String
  let count: Int? = nil
  private let lease: SharedLease<LevelDBDatabase>
  private let iterator: OpaquePointer
  private var atStart = true
  private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ path: String) throws {
    self.path = path
    lease = try LevelDBDatabase.shared.share(of: path) {
      try LevelDBDatabase(path, title: path, creating: false)
    }
    let options = leveldb_readoptions_create()
    defer { leveldb_readoptions_destroy(options) }
    leveldb_readoptions_set_verify_checksums(options, 1)
    leveldb_readoptions_set_fill_cache(options, 0)
    guard let iterator = leveldb_create_iterator(lease.handle.database, options) else {
      throw CaffeError(.file, file: path, "LevelDB cannot read this folder; make the database again")
    }
    self.iterator = iterator
  }

  deinit { leveldb_iter_destroy(iterator) }

  var keepsRecords: Bool { false }

  func next() throws -> Bool {
    if atStart {
      leveldb_iter_seek_to_first(iterator)
    } else if leveldb_iter_valid(iterator) != 0 {
      leveldb_iter_next(iterator)
    }
    return try look()
  }

  func seek(_ wanted: UnsafeRawBufferPointer) throws -> Bool {
    leveldb_iter_seek(iterator, wanted.assumingMemoryBound(to: CChar.self).baseAddress, wanted.count)
    return try look()
  }

  private func look() throws -> Bool {
    atStart = false
    guard leveldb_iter_valid(iterator) != 0 else {
      clear()
      var problem: UnsafeMutablePointer<CChar>?
      leveldb_iter_get_error(iterator, &problem)
      if let error = levelDBError(&problem, path) { throw error }
      return false
    }
    var size = 0
    key = UnsafeRawBufferPointer(start: leveldb_iter_key(iterator, &size), count: size)
    value = UnsafeRawBufferPointer(start: leveldb_iter_value(iterator, &size), count: size)
    return true
  }

  func rewind() {
    atStart = true
    clear()
  }

  private func clear() {
    key = UnsafeRawBufferPointer(start: nil, count: 0)
    value = key
  }
}
