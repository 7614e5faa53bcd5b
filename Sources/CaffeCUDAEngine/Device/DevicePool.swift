import CCUDA
import CaffeCore
import Synchronization

/// A device's memory: pieces of large stretches that are asked of the driver once.
///
/// A piece that is given back may be taken again at once, before what was asked for with it is done, since the device does all in
/// order. Where a piece goes depends on nothing but the pieces before it, so a net that computes the same again finds each where it
/// was. Pieces may be given back from any thread.
package final class DevicePool: Sendable {
  /// So that each piece begins where any load of the device may.
  private static let alignment = 256
  private static let leastStretch = 32 << 20

  private struct Stretch {
    var base: UInt64
    var size: Int
    var free: FreeRanges
  }

  private struct State {
    var stretches: [Stretch] = []
    var used = 0
    var peak = 0
  }

  private let libraries: CUDALibraries
  /// Whether each piece is asked of the driver, so that its tools see where a piece ends.
  private let isPooling: Bool
  private let state = Mutex(State())

  init(_ libraries: CUDALibraries, isPooling: Bool) {
    self.libraries = libraries
    self.isPooling = isPooling
  }

  deinit { state.withLock { for stretch in $0.stretches { _ = libraries.cuda.memFree(stretch.base) } } }

  /// The bytes in use, and the most that ever were.
  package var usage: (used: Int, peak: Int) { state.withLock { ($0.used, $0.peak) } }

  /// The bytes taken from the driver.
  package var reserved: Int { state.withLock { $0.stretches.reduce(0) { $0 + $1.size } } }

  /// Takes memory; nothing if the driver has no more.
  package func take(_ bytes: Int) -> UInt64? {
    let size = rounded(bytes)
    return state.withLock { state in
      if let address = take(size, from: &state) { return address }
      guard let stretch = newStretch(size) else { return nil }
      state.stretches.append(stretch)
      return take(size, from: &state)
    }
  }

  /// Takes the piece at `address`, if it is free.
  package func take(at address: UInt64, _ bytes: Int) -> Bool {
    let size = rounded(bytes)
    return state.withLock { state in
      guard let index = DevicePool.stretch(of: address, in: state) else { return false }
      let start = Int(address - state.stretches[index].base)
      guard state.stretches[index].free.take(at: start, size) else { return false }
      DevicePool.count(size, in: &state)
      return true
    }
  }

  /// Takes back a piece.
  package func giveBack(_ address: UInt64, _ bytes: Int) {
    let size = rounded(bytes)
    state.withLock { state in
      guard let index = DevicePool.stretch(of: address, in: state) else { return }
      state.stretches[index].free.giveBack(Int(address - state.stretches[index].base), size)
      state.used -= size
    }
  }

  /// Gives the driver back what nobody uses. Nothing that was asked for may be waiting to be done.
  package func trim() {
    state.withLock { state in
      state.stretches.removeAll { stretch in
        guard stretch.free.isWhole(stretch.size) else { return false }
        _ = libraries.cuda.memFree(stretch.base)
        return true
      }
    }
  }

  /// What is taken for so many bytes. Without pooling it is no byte more.
  private func rounded(_ bytes: Int) -> Int {
    isPooling ? max(1, (bytes + DevicePool.alignment - 1) / DevicePool.alignment) * DevicePool.alignment : max(1, bytes)
  }

  private static func stretch(of address: UInt64, in state: State) -> Int? {
    state.stretches.firstIndex { address >= $0.base && address < $0.base + UInt64($0.size) }
  }

  private func take(_ size: Int, from state: inout State) -> UInt64? {
    var best: (index: Int, gap: Int)?
    for (index, stretch) in state.stretches.enumerated() {
      guard let gap = stretch.free.smallestGap(for: size), gap < best?.gap ?? Int.max,
        isPooling || gap == size
      else { continue }
      best = (index, gap)
    }
    guard let best, let start = state.stretches[best.index].free.take(size) else { return nil }
    DevicePool.count(size, in: &state)
    return state.stretches[best.index].base + UInt64(start)
  }

  private static func count(_ size: Int, in state: inout State) {
    state.used += size
    state.peak = max(state.peak, state.used)
  }

  private func newStretch(_ size: Int) -> Stretch? {
    let wanted = isPooling ? [max(size, DevicePool.leastStretch), size] : [size]
    for size in wanted {
      var base: UInt64 = 0
      if libraries.cuda.memAlloc(&base, size) == 0 {
        return Stretch(base: base, size: size, free: FreeRanges(count: size))
      }
    }
    return nil
  }
}
