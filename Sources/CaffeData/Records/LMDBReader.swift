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

  func next() throws -> Bool {
    var foundKey = MDB_val()
    var foundValue = MDB_val()
    let status = mdb_cursor_get(cursor, &foundKey, &foundValue, atStart ? MDB_FIRST : MDB_NEXT)
    guard status == MDB_SUCCESS else {
      key = UnsafeRawBufferPointer(start: nil, count: 0)
      value = key
      if status == MDB_NOTFOUND { return false }
      throw lmdbError(status, path)
    }
    atStart = false
    key = UnsafeRawBufferPointer(start: foundKey.mv_data, count: foundKey.mv_size)
    value = UnsafeRawBufferPointer(start: foundValue.mv_data, count: foundValue.mv_size)
    return true
  }

  func rewind() {
    atStart = true
    key = UnsafeRawBufferPointer(start: nil, count: 0)
    value = key
  }
}
