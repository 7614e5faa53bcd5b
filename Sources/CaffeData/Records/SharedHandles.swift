import Synchronization

/// Something open that several readers share.
protocol SharedHandle: AnyObject, Sendable {
  /// Called once, when the last user has gone.
  func close()
}

/// What is open in this process, by folder: LMDB must not, and LevelDB cannot, open a folder twice in one process.
final class SharedHandles<Handle: SharedHandle>: Sendable {
  private struct Entry {
    let handle: Handle
    var users: Int
  }

  private let entries = Mutex<[FileIdentity: Entry]>([:])

  /// A share in the open handle of the folder `path`, or in the one that `open` makes.
  func share(of path: String, open: () throws -> Handle) throws -> SharedLease<Handle> {
    let identity = try FileIdentity(path)
    let handle = try entries.withLock { entries in
      var entry = try entries[identity] ?? Entry(handle: open(), users: 0)
      entry.users += 1
      entries[identity] = entry
      return entry.handle
    }
    return SharedLease(handle, of: self, identity)
  }

  // Closes inside the lock: nobody may open the folder again while it is being closed.
  fileprivate func release(_ identity: FileIdentity) {
    entries.withLock { entries in
      guard var entry = entries[identity] else { return }
      entry.users -= 1
      entries[identity] = entry.users == 0 ? nil : entry
      if entry.users == 0 { entry.handle.close() }
    }
  }
}

/// One user's share; the handle stays open as long as there is one.
final class SharedLease<Handle: SharedHandle>: Sendable {
  let handle: Handle
  private let owner: SharedHandles<Handle>
  private let identity: FileIdentity

  fileprivate init(_ handle: Handle, of owner: SharedHandles<Handle>, _ identity: FileIdentity) {
    self.handle = handle
    self.owner = owner
    self.identity = identity
  }

  deinit { owner.release(identity) }
}
