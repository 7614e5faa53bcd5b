/// Steps that are gone through without being computed, to see what memory they take.
///
/// Within `run`, memory that nets and engines take is a range of addresses: a page of it takes memory only once it is written. An engine
/// that rehearses writes none but small ones, so that what a net of any size takes is known before it takes it.
///
/// Used on the one thread that runs it.
package final class Rehearsal: @unchecked Sendable {
  /// The rehearsal that is going on, if one is.
  @TaskLocal package static var current: Rehearsal?

  /// Addresses for each arena, in bytes.
  static let capacity = 1 << 44
  /// The most bytes of one array: many of them have addresses then.
  static let largest = 1 << 38

  /// The bytes taken beside those of arenas.
  package private(set) var held = 0
  /// The most that they were.
  package private(set) var peak = 0
  /// The most that a library takes for itself.
  package private(set) var library = 0
  /// Where the addresses come from.
  let memory: MemoryArena
  private var arenas: [MemoryArena]

  /// Prepares one that has taken nothing.
  package init() {
    memory = MemoryArena(capacity: Rehearsal.capacity)
    arenas = [memory]
  }

  /// Calls `body` as a part of this rehearsal.
  package func run<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Rehearsal.$current.withValue(self, operation: body)
  }

  /// Notes memory that a library takes for itself, in one place for all that it does.
  package func noteLibrary(_ bytes: Int) { library = max(library, bytes) }

  /// The bytes that all arenas made meanwhile had in use at most.
  package var arenaPeak: Int { arenas.dropFirst().reduce(0) { $0 + $1.peak } }

  /// Gives back what was written all the same; the values are lost.
  package func discard() { for arena in arenas { arena.discard() } }

  func add(_ arena: MemoryArena) { arenas.append(arena) }

  func take(_ bytes: Int) {
    held += bytes
    peak = max(peak, held)
  }

  func giveBack(_ bytes: Int) { held -= bytes }
}
