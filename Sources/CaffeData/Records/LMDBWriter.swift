import CLMDB
import CaffeCore
import Foundation

/// Makes an LMDB. Its map starts small and doubles whenever LMDB says that it is full.
final class LMDBWriter: RecordWriter {
  private static let firstMapSize = 16 << 20

  let path: String
  private(set) var count = 0
  private let folder: PendingFolder
  private var environment: OpaquePointer?
  private var mapSize = LMDBWriter.firstMapSize
  private var batch = RecordBatch()
  private var lastKey: [UInt8] = []
  private let flush = BackgroundFlush()

  init(_ path: String, in folder: PendingFolder) throws {
    self.path = path
    self.folder = folder
    var environment: OpaquePointer?
    try check(mdb_env_create(&environment))
    self.environment = environment
    try check(mdb_env_set_mapsize(environment, mapSize))
    // Nobody else knows the folder, and until it is finished a crash loses nothing: neither locks nor syncs.
    try check(mdb_env_open(environment, folder.workPath, UInt32(MDB_NOLOCK | MDB_NOSYNC), 0o664))
  }

  deinit { closeEnvironment() }

  func put(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    let limit = Int(mdb_env_get_maxkeysize(environment))
    guard !key.isEmpty, key.count <= limit else {
      throw CaffeError(
        .value, file: path,
        "a key of \(key.count) bytes (\"\(String(decoding: key.prefix(40), as: UTF8.self))…\"); LMDB takes 1 to "
          + "\(limit): shorten the file names or use the leveldb backend")
    }
    batch.append(key: key, value: value)
    count += 1
    if batch.isFull { try writeBatch() }
  }

  func finish() throws {
    try writeBatch()
    try check(flush.finish())
    try check(mdb_env_sync(environment, 1))
    closeEnvironment()
    try folder.publish()
  }

  private func writeBatch() throws {
    guard !batch.isEmpty else { return }
    while true {
      let status = writeBatchOnce()
      if status == MDB_SUCCESS { break }
      guard status == MDB_MAP_FULL else { throw lmdbError(status, path) }
      let (doubled, overflow) = mapSize.multipliedReportingOverflow(by: 2)
      guard !overflow else { throw lmdbError(status, path) }
      mapSize = doubled
      try check(mdb_env_set_mapsize(environment, mapSize))
    }
    batch.removeAll()
    try check(beginFlush())
  }

  /// Brings what is written by now to the disk, beside further work, so that `finish` has little left to wait for.
  private func beginFlush() -> Int32 {
    var descriptor = mdb_filehandle_t()
    let status = mdb_env_get_fd(environment, &descriptor)
    return status == MDB_SUCCESS ? flush.begin(descriptor) : status
  }

  private func writeBatchOnce() -> Int32 {
    var transaction: OpaquePointer?
    var table: MDB_dbi = 0
    var status = mdb_txn_begin(environment, nil, 0, &transaction)
    guard status == MDB_SUCCESS else { return status }
    status = mdb_dbi_open(transaction, nil, 0, &table)
    var last = lastKey
    batch.forEach { key, value in
      guard status == MDB_SUCCESS else { return }
      // Keys that come in order fill each page; a page split for them would stay half empty.
      let inOrder = last.withUnsafeBytes { isOrdered($0, before: key) }
      var foundKey = MDB_val(mv_size: key.count, mv_data: UnsafeMutableRawPointer(mutating: key.baseAddress))
      var foundValue = MDB_val(mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.baseAddress))
      status = mdb_put(transaction, table, &foundKey, &foundValue, inOrder ? UInt32(MDB_APPEND) : 0)
      if inOrder { last.replaceSubrange(0..., with: key) }
    }
    guard status == MDB_SUCCESS else {
      mdb_txn_abort(transaction)
      return status
    }
    status = mdb_txn_commit(transaction)
    if status == MDB_SUCCESS { lastKey = last }
    return status
  }

  private func isOrdered(_ first: UnsafeRawBufferPointer, before second: UnsafeRawBufferPointer) -> Bool {
    guard let start = first.baseAddress, let other = second.baseAddress else { return first.isEmpty }
    let order = memcmp(start, other, min(first.count, second.count))
    return order != 0 ? order < 0 : first.count < second.count
  }

  private func check(_ status: Int32) throws {
    if status != MDB_SUCCESS { throw lmdbError(status, path) }
  }

  private func closeEnvironment() {
    flush.finish()
    if let environment { mdb_env_close(environment) }
    environment = nil
  }
}
