import CCaffe
import Synchronization

/// What a handle can stand for. Objects guard what they hold themselves, by their ``Owner``.
protocol Held: AnyObject, Sendable {
  /// What messages call it: `net`.
  static var kindName: String { get }
}

/// The objects behind the handles of the C interface.
///
/// A handle is no address but a place in this table, with a number that grows each time the place is used again. So a handle
/// that was freed is recognised, whatever has come into its place.
final class HandleTable: Sendable {
  static let shared = HandleTable()

  private struct Slot {
    var object: (any Held)?
    /// Begins far from zero, so that a small number, which is what a program's mistakes are like, is never a handle.
    var generation: UInt32 = 0x4361_6666
  }

  private struct State {
    var slots: [Slot] = []
    var free: [Int] = []
  }

  private let state = Mutex(State())

  /// How many handles there are that haven't been freed.
  var count: Int { state.withLock { $0.slots.count - $0.free.count } }

  /// A new handle for `object`, which it keeps alive.
  func insert(_ object: some Held) -> OpaquePointer? {
    let (index, generation) = state.withLock { state in
      let index = state.free.popLast() ?? state.slots.count
      if index == state.slots.count { state.slots.append(Slot()) }
      state.slots[index].object = object
      return (index, state.slots[index].generation)
    }
    return OpaquePointer(bitPattern: UInt(generation) << 32 | UInt(index + 1))
  }

  /// The object of `handle`.
  ///
  /// - Throws: `HandleFault` when it has been freed, never was, or is of another kind.
  func object<Object: Held>(_ handle: OpaquePointer?, as type: Object.Type = Object.self) throws -> Object {
    guard let handle else { throw HandleFault(message: "NULL given for a \(type.kindName)") }
    let found: (any Held)? = state.withLock { state in
      HandleTable.place(of: handle, in: state).flatMap { state.slots[$0].object }
    }
    guard let held = found else {
      throw HandleFault(message: "this \(type.kindName) has been freed, or never was one; make a new one")
    }
    guard let object = held as? Object else {
      throw HandleFault(message: "a handle of a \(Swift.type(of: held).kindName) given for one of a \(type.kindName)")
    }
    return object
  }

  /// Gives the handle up; one that isn't there any more, or of another kind, is left alone.
  func remove<Object: Held>(_ handle: OpaquePointer?, as type: Object.Type) {
    guard let handle else { return }
    // The object goes after the lock: its end may call back.
    let removed: (any Held)? = state.withLock { state in
      guard let index = HandleTable.place(of: handle, in: state), state.slots[index].object is Object else {
        return nil
      }
      let object = state.slots[index].object
      state.slots[index].object = nil
      state.slots[index].generation &+= 1
      state.free.append(index)
      return object
    }
    withExtendedLifetime(removed) {}
  }

  private static func place(of handle: OpaquePointer, in state: State) -> Int? {
    let bits = UInt(bitPattern: handle)
    let index = Int(bits & 0xFFFF_FFFF) - 1
    guard index >= 0, index < state.slots.count, UInt32(bits >> 32) == state.slots[index].generation else { return nil }
    return index
  }
}

/// A handle that stands for nothing.
struct HandleFault: Error {
  let message: String
}

/// A pointer, index or size that a caller mustn't give.
struct ArgumentFault: Error {
  let message: String
}
