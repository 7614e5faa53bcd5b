import CLMDB
import CaffeCore

/// A cursor over an LMDB, on one snapshot of it.
final class LMDBReader: RecordReader {
  let path: String
  let count: Int?
  private let lease: SharedLease<LMDBEnvironment>
  private let transaction: OpaquePointer
  private let cursor: OpaquePointer
  private var atStart = true
  private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
  private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

  init(_ path: String) throws {
    self.path = path
    lease = try LMDBEnvironment.shared.share(of: path) { try LMDBEnvironment(path) }
    transaction = try lease.handle.beginReading()
    var cursor: OpaquePointer?
    var stat = MDB_stat()
    var status = mdb_stat(transaction, lease.handle.table, &stat)
    if status == MDB_SUCCESS { status = mdb_cursor_open(transaction, lease.handle.table, &cursor) }
    guard status == MDB_SUCCESS, let cursor else {
      mdb_txn_abort(transaction)
      throw lmdbError(status, path)
    }
    self.cursor = cursor
    count = stat.ms_entries
  }

  deinit {
    mdb_cursor_close(cursor)
    mdb_txn_abort(transaction)
  }

  var keepsRecords: Bool { true }

  func next() throws -> Bool {
    var found = MDB_val()
    return try move(&found, atStart ? MDB_FIRST : MDB_NEXT)
  }

  func seek(_ wanted: UnsafeRawBufferPointer) throws -> Bool {
    guard lease.handle.hasPlainKeys else {
      throw CaffeError(
        .unsupported, file: path, "the keys of this LMDB aren't plain bytes, so records can't be found by key")
    }
    guard !wanted.isEmpty else {
      rewind()
      return try next()
    }
    var found = MDB_val(mv_size: wanted.count, mv_data: UnsafeMutableRawPointer(mutating: wanted.baseAddress))
    return try move(&found, MDB_SET_RANGE)
  }

  func rewind() {
    atStart = true
    clear()
  }

  private func move(_ foundKey: inout MDB_val, _ operation: MDB_cursor_op) throws -> Bool {
    var foundValue = MDB_val()
    let status = mdb_cursor_get(cursor, &foundKey, &foundValue, operation)
    guard status == MDB_SUCCESS else {
      clear()
      if status == MDB_NOTFOUND { return false }
      throw lmdbError(status, path)
    }
    atStart = false
    key = UnsafeRawBufferPointer(start: foundKey.mv_data, count: foundKey.mv_size)
    value = UnsafeRawBufferPointer(start: foundValue.mv_data, count: foundValue.mv_size)
    return true
  }

  private func clear() {
    key = UnsafeRawBufferPointer(start: nil, count: 0)
    value = key
  }
}
