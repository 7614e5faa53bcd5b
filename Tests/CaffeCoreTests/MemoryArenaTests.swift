import CaffeCore
import Testing

struct MemoryArenaTests {
  private let arena = MemoryArena(capacity: 1 << 20)

  private func memory(_ count: Int) -> AlignedMemory { AlignedMemory(count: count, from: arena) }

  @Test func whatIsGivenBackIsUsedAgain() {
    let first = memory(100)
    let address = first.pointer
    first.park()
    let second = memory(100)
    #expect(second.pointer == address)
    #expect(!first.reclaim(), "another one has it")
    second.park()
    #expect(first.reclaim())
    #expect(arena.used == 448 && arena.peak == 448)
  }

  @Test func neighboursGrowTogether() {
    let pieces = (0..<4).map { _ in memory(16) }
    let whole = arena.used
    for index in [1, 3, 0, 2] { pieces[index].park() }
    #expect(arena.used == 0)
    let large = memory(64)
    #expect(large.pointer == pieces[0].pointer)
    #expect(arena.used == whole && arena.peak == whole)
  }

  @Test func theSmallestGapThatFitsIsTaken() {
    let pieces = [32, 16, 64, 16].map { memory($0) }
    pieces[0].park()
    pieces[2].park()
    #expect(memory(30).pointer == pieces[0].pointer)
    #expect(memory(48).pointer == pieces[2].pointer)
  }

  @Test func ownersGiveBackWhatTheyHold() {
    do { _ = memory(1000) }
    #expect(arena.used == 0)
  }

  @Test func whatDoesNotFitIsTakenElsewhere() {
    let large = memory(1 << 20)
    large.pointer[(1 << 20) - 1] = 3
    #expect(arena.used == 0)
    large.park()
    #expect(large.reclaim() && large.pointer[(1 << 20) - 1] == 3)
  }

  @Test func aBufferReadsZerosOnceItIsReleased() {
    let buffer = Buffer(count: 3)
    buffer.takeMemory(from: arena)
    buffer.set([1, 2, 3])
    buffer.release()
    #expect(arena.used == 0 && buffer.isUntouched)
    let other = AlignedMemory(count: 3, from: arena)
    other.pointer[0] = 7
    #expect(buffer.values == [0, 0, 0])
    #expect(other.pointer[0] == 7)
  }

  @Test func aBufferWithoutAnArenaKeepsItsValues() {
    let buffer = Buffer(count: 2)
    buffer.set([1, 2])
    buffer.release()
    #expect(buffer.values == [1, 2])
  }
}
