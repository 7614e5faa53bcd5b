import CaffeCUDAEngine
import CaffeCore
import CaffeTestSupport
import Testing

/// A buffer that is filled with one number isn't written before somebody reads it.
struct CUDALazyFillTests {
  private let engine: CUDAEngine

  init() throws { engine = try CUDAEngine.standIn() }

  /// The values as a kernel reads them.
  private func seen(_ buffer: Buffer) -> [Float] {
    let copy = Buffer.dirty(buffer.count)
    engine.copy(buffer, to: copy, count: buffer.count)
    return copy.values
  }

  private func started(_ body: () -> Void) -> Int {
    engine.submit()
    let before = engine.device.started
    body()
    engine.submit()
    return engine.device.started - before
  }

  @Test
  func fillingStartsNothing() {
    let x = Buffer.dirty(4)
    #expect(started { engine.fill(x, count: 4, with: 3) } == 0)
    #expect(engine.device.copies.toDevice == 0)
  }

  @Test
  func aKernelReadsWhatWasFilled() {
    let x = Buffer.dirty(4)
    engine.fill(x, count: 4, with: 3)
    #expect(seen(x) == [3, 3, 3, 3])
    var again: [Float] = []
    #expect(started { again = seen(x) } == 1)
    #expect(again == [3, 3, 3, 3])
  }

  @Test
  func theHostReadsItWithoutWaiting() {
    let x = Buffer.dirty(4)
    engine.fill(x, count: 4, with: 3)
    #expect(x.values == [3, 3, 3, 3])
    #expect(engine.device.copies.toHost == 0)
    #expect(seen(x) == [3, 3, 3, 3])
  }

  @Test
  func addingToZerosSetsTheValues() {
    let (x, y, untouched) = (Buffer([1, 2, 3, 4]), Buffer.dirty(4), Buffer(count: 4))
    engine.fill(y, count: 4, with: 0)
    #expect(started { engine.axpby(2, x, 1, y, count: 4) } == 1)
    #expect(started { engine.axpby(2, x, 1, untouched, count: 4) } == 1)
    engine.axpby(1, x, 1, y, count: 4)
    #expect(y.values == [3, 6, 9, 12])
    #expect(untouched.values == [2, 4, 6, 8])
  }

  @Test
  func addingToOthersAdds() {
    let (x, y) = (Buffer([1, 2, 3, 4]), Buffer.dirty(4))
    engine.fill(y, count: 4, with: 5)
    engine.axpby(2, x, 1, y, count: 4)
    #expect(y.values == [7, 9, 11, 13])
  }

  @Test
  func whatIsntAddedToStaysZero() {
    let (x, y) = (Buffer([1, 2, 3, 4]), Buffer.dirty(4))
    engine.fill(y, count: 4, with: 0)
    engine.axpby(2, x, 1, y, count: 2)
    #expect(y.values == [2, 4, 0, 0])
  }

  @Test
  func partsAreFilledAtOnce() {
    let x = Buffer.dirty(4)
    engine.fill(x, count: 4, with: 1)
    engine.fill(x, count: 2, with: 5)
    #expect(seen(x) == [5, 5, 1, 1])
    engine.fill(x, count: 4, with: 5)
    #expect(started { engine.fill(x, count: 3, with: 5) } == 0)
    #expect(seen(x) == [5, 5, 5, 5])
  }

  @Test
  func aFillAfterAChangeCounts() {
    let x = Buffer([1, 2])
    engine.fill(x, count: 2, with: 4)
    engine.axpby(1, x, 1, x, count: 2)
    #expect(x.values == [8, 8])
    engine.fill(x, count: 2, with: 4)
    #expect(seen(x) == [4, 4])
    x[1] = 7
    #expect(seen(x) == [4, 7])
    engine.fill(x, count: 2, with: 4)
    #expect(seen(x) == [4, 4])
  }

  @Test
  func valuesThatAreExchangedOrHandedOverAreTheFilled() {
    let (x, y, z) = (Buffer.dirty(2), Buffer.dirty(2), Buffer.dirty(2))
    engine.fill(x, count: 2, with: 1)
    engine.fill(y, count: 2, with: 2)
    x.exchangeValues(with: y)
    #expect(seen(x) == [2, 2])
    #expect(y.values == [1, 1])
    engine.fill(x, count: 2, with: 6)
    let didHandOver = x.handOver(to: z)
    #expect(didHandOver)
    #expect(seen(z) == [6, 6])
  }

  @Test
  func memoryThatIsReleasedForgetsWhatItWasFilledWith() {
    let x = Buffer(count: 2)
    x.takeMemory(from: MemoryArena(capacity: 1 << 20))
    engine.fill(x, count: 2, with: 3)
    x.release()
    #expect(seen(x) == [0, 0])
    engine.fill(x, count: 2, with: 3)
    x.release()
    engine.fill(x, count: 2, with: 3)
    #expect(seen(x) == [3, 3])
  }

  @Test
  func anotherDeviceReadsWhatWasFilled() throws {
    let other = try CUDAEngine.standIn(ordinal: 5)
    let x = Buffer.dirty(3)
    engine.fill(x, count: 3, with: 2)
    other.multiply(x, x, output: x, count: 3)
    #expect(seen(x) == [4, 4, 4])
  }
}
