import CLMDB
import CaffeCore
import Foundation

/// An LMDB folder open for reading, shared by all readers of this process.
final class LMDBEnvironment: SharedHandle {
  static let shared = SharedHandles<LMDBEnvironment>()

  // LMDB's environments may be used by several threads at once; with MDB_NOTLS so may their read transactions.
  private nonisolated(unsafe) let environment: OpaquePointer
  let table: MDB_dbi
  /// Whether keys are bytes in their own order, one record each.
  let hasPlainKeys: Bool
  private let path: String

  init(_ path: String) throws {
    self.path = path
    let environment = try LMDBEnvironment.openReadOnly(path)
    do {
      (table, hasPlainKeys) = try LMDBEnvironment.openTable(environment, path)
    } catch {
      mdb_env_close(environment)
      throw error
    }
    self.environment = environment
  }

  func close() { mdb_env_close(environment) }

  /// A transaction that sees the database as it is now.
  func beginReading() throws -> OpaquePointer {
    var transaction: OpaquePointer?
    var status = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    if status == MDB_READERS_FULL {
      // Slots of processes that were killed stay taken until somebody looks.
      mdb_reader_check(environment, nil)
      status = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    }
    guard status == MDB_SUCCESS, let transaction else { throw lmdbError(status, path) }
    return transaction
  }

  private static func openReadOnly(_ path: String) throws -> OpaquePointer {
    guard fileSize(path + "/data.mdb") > 0 else {
      throw CaffeError(.corrupt, file: path, "its data.mdb is empty; make the database again")
    }
    let flags = MDB_RDONLY | MDB_NOTLS
    let withLock = open(path, flags)
    if case .success(let environment) = withLock { return environment }
    // Where the lock file can't be made or used (a read-only folder, some network disks), read without it.
    switch open(path, flags | MDB_NOLOCK) {
    case .success(let environment): return environment
    case .failure(let failure): throw lmdbError(failure.status, path)
    }
  }

  private struct Failure: Error { let status: Int32 }

  private static func open(_ path: String, _ flags: Int32) -> Result<OpaquePointer, Failure> {
    var environment: OpaquePointer?
    var status = mdb_env_create(&environment)
    guard status == MDB_SUCCESS, let environment else { return .failure(Failure(status: status)) }
    // The file's own size is enough: the size in its header may be a terabyte.
    mdb_env_set_mapsize(environment, max(fileSize(path + "/data.mdb"), 1))
    status = mdb_env_open(environment, path, UInt32(flags), 0o664)
    guard status == MDB_SUCCESS else {
      mdb_env_close(environment)
      return .failure(Failure(status: status))
    }
    return .success(environment)
  }

  private static func openTable(_ environment: OpaquePointer, _ path: String) throws -> (MDB_dbi, Bool) {
    try checkSize(environment, path)
    var transaction: OpaquePointer?
    var table: MDB_dbi = 0
    var status = mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction)
    guard status == MDB_SUCCESS, let transaction else { throw lmdbError(status, path) }
    var flags: UInt32 = 0
    status = mdb_dbi_open(transaction, nil, 0, &table)
    if status == MDB_SUCCESS { status = mdb_dbi_flags(transaction, table, &flags) }
    guard status == MDB_SUCCESS else {
      mdb_txn_abort(transaction)
      throw lmdbError(status, path)
    }
    mdb_txn_commit(transaction)
    return (table, flags == 0)
  }

  // Reading a page beyond the file's end would kill the process.
  private static func checkSize(_ environment: OpaquePointer, _ path: String) throws {
    var info = MDB_envinfo()
    var stat = MDB_stat()
    guard mdb_env_info(environment, &info) == MDB_SUCCESS, mdb_env_stat(environment, &stat) == MDB_SUCCESS
    else { return }
    let (needed, overflow) = (info.me_last_pgno &+ 1).multipliedReportingOverflow(by: Int(stat.ms_psize))
    let found = fileSize(path + "/data.mdb")
    guard !overflow, found >= needed else {
      throw CaffeError(
        .corrupt, file: path + "/data.mdb",
        "holds \(found) bytes where its header speaks of \(needed): it is truncated; copy or make the database again")
    }
  }

  private static func fileSize(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}

/// Whether the disk that `path` is on is full: LMDB calls a write that was cut short an input/output error.
private func isFull(_ path: String) -> Bool {
  var status = statvfs()
  guard statvfs(SystemCalls.folder(of: path), &status) == 0 else { return false }
  return UInt64(status.f_bavail) * UInt64(status.f_frsize) < 1 << 20
}

private func fullDiskError(_ text: String, _ path: String) -> CaffeError {
  CaffeError(.file, file: path, "the disk is full, no space is left (\(text)); make room or choose another disk")
}

/// What LMDB's status means, with what to do about it.
func lmdbError(_ status: Int32, _ path: String) -> CaffeError {
  let text = String(cString: mdb_strerror(status))
  switch status {
  case MDB_INVALID, MDB_VERSION_MISMATCH, MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INCOMPATIBLE:
    return CaffeError(
      .corrupt, file: path,
      "its data.mdb is not a whole LMDB file of this machine's kind (\(text)); copy or make the database again")
  case EACCES, EPERM, EROFS:
    return CaffeError(.file, file: path, "\(text); check the permissions of the folder and of its data.mdb")
  case ENOSPC, EDQUOT: return fullDiskError(text, path)
  case EIO where isFull(path): return fullDiskError(text, path)
  case MDB_MAP_RESIZED:
    return CaffeError(
      .file, file: path, "another program is writing into this database; wait until it has finished")
  default:
    return CaffeError(.file, file: path, "LMDB says: \(text); check the folder or make the database again")
  }
}
