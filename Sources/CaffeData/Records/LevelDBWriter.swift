import CLevelDB
import CaffeCore

/// Makes a LevelDB.
final class LevelDBWriter: RecordWriter {
  let path: String
  private(set) var count = 0
  private let folder: PendingFolder
  private var database: LevelDBDatabase?
  private var batch = RecordBatch()

  init(_ path: String, in folder: PendingFolder) throws {
    self.path = path
    self.folder = folder
    database = try LevelDBDatabase(folder.workPath, title: path, creating: true)
  }

  deinit { database?.close() }

  func put(key: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) throws {
    batch.append(key: key, value: value)
    count += 1
    if batch.isFull { try writeBatch(synchronously: false) }
  }

  func finish() throws {
    try writeBatch(synchronously: true)
    if let database {
      // Into its final tables now, so that opening it later has no journal to replay.
      leveldb_compact_range(database.database, nil, 0, nil, 0)
      database.close()
    }
    database = nil
    try folder.publish()
  }

  private func writeBatch(synchronously: Bool) throws {
    guard let database, !batch.isEmpty else { return }
    let writes = leveldb_writebatch_create()
    let options = leveldb_writeoptions_create()
    defer {
      leveldb_writebatch_destroy(writes)
      leveldb_writeoptions_destroy(options)
    }
    batch.forEach { key, value in
      leveldb_writebatch_put(
        writes, key.baseAddress?.assumingMemoryBound(to: CChar.self), key.count,
        value.baseAddress?.assumingMemoryBound(to: CChar.self), value.count)
    }
    leveldb_writeoptions_set_sync(options, synchronously ? 1 : 0)
    var problem: UnsafeMutablePointer<CChar>?
    leveldb_write(database.database, options, writes, &problem)
    if let error = levelDBError(&problem, path) { throw error }
    batch.removeAll()
  }
}
