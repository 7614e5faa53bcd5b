import CaffeCore
import Testing

struct RehearsalTests {
  @Test func countsWhatIsHeldAndTheMostThatWas() {
    let rehearsal = Rehearsal()
    rehearsal.run {
      var first: AlignedMemory? = AlignedMemory(count: 1000)
      let second = AlignedMemory(count: 10)
      #expect(rehearsal.held == 4040)
      first = nil
      #expect(rehearsal.held == 40 && rehearsal.peak == 4040)
      withExtendedLifetime((first, second)) {}
    }
    #expect(rehearsal.held == 0)
  }

  @Test func memoryFromAnArenaIsCountedByTheArena() {
    let rehearsal = Rehearsal()
    rehearsal.run {
      let arena = MemoryArena()
      let memory = AlignedMemory(count: 100, from: arena)
      #expect(rehearsal.held == 0 && rehearsal.arenaPeak == 448)
      withExtendedLifetime(memory) {}
    }
  }

  @Test func valuesAreNotFilledIn() {
    let buffer = Buffer(count: 3)
    let filled = Buffer(count: 3)
    for buffer in [buffer, filled] { buffer.fillLater { $0.set([1, 2, 3]) } }
    Rehearsal().run { #expect(buffer.values == [0, 0, 0]) }
    #expect(filled.values == [1, 2, 3])
  }

  @Test func holdsMoreThanAnyMachineHas() {
    let rehearsal = Rehearsal()
    rehearsal.run {
      let buffers = (0..<8).map { _ in Buffer(count: 1 << 32) }
      for buffer in buffers { #expect(buffer.hostForReading()[1 << 31] == 0) }
      withExtendedLifetime(buffers) { #expect(rehearsal.held == 8 << 34) }
    }
  }
}
