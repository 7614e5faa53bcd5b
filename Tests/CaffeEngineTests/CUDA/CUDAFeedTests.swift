import CCUDA
import CaffeCUDAEngine
import CaffeCore
import CaffeTestSupport
import Synchronization
import Testing

/// How batches come to a device while it computes.
@Suite(.serialized) struct CUDAFeedTests {
  /// What was asked of the streams: where each event was recorded, in order, and for each copy's wait for the computing stream how many
  /// events were recorded there after the one that it waits for.
  private struct Waits: Sendable {
    var computing: UInt?
    var records: [(event: UInt, stream: UInt)] = []
    var ages: [Int] = []
  }
  private static let waits = Mutex(Waits())

  private static var libraries: CUDALibraries {
    var libraries = CUDALibraries.standIn
    libraries.cublas.setStream = { handle, stream in
      let place = UInt(bitPattern: stream)
      CUDAFeedTests.waits.withLock { $0.computing = place }
      return CUDALibraries.standIn.cublas.setStream(handle, stream)
    }
    libraries.cuda.eventRecord = { event, stream in
      let record = (UInt(bitPattern: event), UInt(bitPattern: stream))
      CUDAFeedTests.waits.withLock { $0.records.append(record) }
      return CUDALibraries.standIn.cuda.eventRecord(event, stream)
    }
    libraries.cuda.streamWaitEvent = { stream, event, flags in
      let (place, awaited) = (UInt(bitPattern: stream), UInt(bitPattern: event))
      CUDAFeedTests.waits.withLock { waits in
        guard place != waits.computing, let last = waits.records.lastIndex(where: { $0.event == awaited }) else {
          return
        }
        waits.ages.append(waits.records[last...].count { $0.stream == waits.computing } - 1)
      }
      return CUDALibraries.standIn.cuda.streamWaitEvent(stream, event, flags)
    }
    return libraries
  }

  @Test(arguments: [true, false])
  func aBatchIsCopiedWhileTheOneBeforeIsComputedWith(_ isFed: Bool) throws {
    CUDAFeedTests.waits.withLock { $0 = Waits() }
    let engine = try CUDAEngine.standIn(libraries: CUDAFeedTests.libraries)
    let count = 100_000
    let (batch, sum) = (Buffer(count: count), Buffer(count: count))
    for step in 1...6 {
      let values = [Float](repeating: Float(step), count: count)
      if isFed { batch.feed(from: Buffer(values)) } else { batch.set(values) }
      engine.axpby(1, batch, 1, sum, count: count)
      engine.submit()
    }
    #expect(sum.values.allSatisfy { $0 == 21 })
    let ages = CUDAFeedTests.waits.withLock { $0.ages }
    // The later ones of a data layer wait for a step before the last one; what a program sets waits for the last.
    #expect(ages.count >= 4)
    #expect(ages.suffix(4).allSatisfy { isFed ? $0 >= 1 : $0 == 0 }, "\(ages)")
  }

  @Test
  func twoPiecesOfMemoryTakeTurns() throws {
    let engine = try CUDAEngine.standIn()
    let (batch, sum) = (Buffer(count: 100_000), Buffer(count: 100_000))
    var used: [Int] = []
    for step in 1...6 {
      batch.feed(from: Buffer([Float](repeating: Float(step), count: batch.count)))
      engine.axpby(1, batch, 1, sum, count: batch.count)
      used.append(engine.device.pool.usage.used)
    }
    #expect(Set(used.dropFirst()).count == 1, "\(used)")
    #expect(sum.values.allSatisfy { $0 == 21 })
  }
}
