import CLevelDB
import CaffeCore
import Foundation

/// An open LevelDB folder, shared by all its readers in this process: LevelDB lets nobody else open it.
final class LevelDBDatabase: SharedHandle {
  static let shared = SharedHandles<LevelDBDatabase>()

  /// Safe to use from several threads, says LevelDB.
  nonisolated(unsafe) let database: OpaquePointer

  /// Opens the folder `path`, named `title` in errors; `creating` makes it.
  init(_ path: String, title: String, creating: Bool) throws {
    let options = leveldb_options_create()
    defer { leveldb_options_destroy(options) }
    leveldb_options_set_create_if_missing(options, creating ? 1 : 0)
    leveldb_options_set_error_if_exists(options, creating ? 1 : 0)
    leveldb_options_set_max_open_files(options, 100)
    leveldb_options_set_block_size(options, 64 << 10)
    leveldb_options_set_compression(options, Int32(leveldb_snappy_compression))
    if creating { leveldb_options_set_write_buffer_size(options, 16 << 20) }
    var problem: UnsafeMutablePointer<CChar>?
    let database = leveldb_open(options, path, &problem)
    if let error = levelDBError(&problem, title) { throw error }
    guard let database else {
      throw CaffeError(.file, file: title, "LevelDB cannot open this folder; make the database again")
    }
    self.database = database
  }

  func close() { leveldb_close(database) }
}

/// The error that LevelDB left in `problem`, if any, with what to do about it.
func levelDBError(_ problem: inout UnsafeMutablePointer<CChar>?, _ path: String) -> CaffeError? {
  guard let pointer = problem else { return nil }
  let text = String(cString: pointer)
  leveldb_free(pointer)
  problem = nil
  let says = "LevelDB says: \(text)"
  if text.contains("/LOCK") && !text.contains("denied") && !text.contains("Read-only") {
    return CaffeError(
      .file, file: path,
      "another program has this LevelDB open, and it allows only one; stop that program, or copy the folder (\(says))")
  }
  if text.contains("denied") || text.contains("Read-only") {
    return CaffeError(
      .file, file: path,
      "LevelDB writes into its folder even to read it, and may not here; copy the folder to a writable place (\(says))")
  }
  if text.contains("No space") {
    return CaffeError(.file, file: path, "the disk is full; make room or choose another disk (\(says))")
  }
  return CaffeError(.corrupt, file: path, "the database is damaged; copy or make it again (\(says))")
}
