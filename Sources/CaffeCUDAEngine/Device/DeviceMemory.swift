import CaffeCore

/// A piece of a device's memory, given back with its owner.
final class DeviceMemory {
  let address: UInt64
  let bytes: Int
  /// The number of the submission that last uses it, of those that were begun.
  var lastUse: UInt64 = 0
  /// How many replicas have their values here.
  var owners = 1
  /// Whether this owner hasn't asked for anything with it: then an earlier one may still be waiting for what it asked.
  var isFresh = true

  private let pool: DevicePool
  private var isHeld = true

  /// Takes memory whose values are undefined; nothing if there isn't enough.
  init?(bytes: Int, from pool: DevicePool) {
    guard let address = pool.take(bytes) else { return nil }
    self.address = address
    self.bytes = bytes
    self.pool = pool
  }

  deinit { if isHeld { pool.giveBack(address, bytes) } }

  /// Lends the memory to others: the values are lost.
  func park() {
    guard isHeld else { return }
    isHeld = false
    pool.giveBack(address, bytes)
  }

  /// Takes back what was parked; says whether it could.
  func reclaim() -> Bool {
    if !isHeld {
      isHeld = pool.take(at: address, bytes)
      isFresh = true
    }
    return isHeld
  }
}
