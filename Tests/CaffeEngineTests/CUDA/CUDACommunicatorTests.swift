import CaffeCUDAEngine
import CaffeCore
import CaffeTestSupport
import Testing

/// Devices that exchange values. Those from 13 on are these tests' own.
struct CUDACommunicatorTests {
  @Test
  func oneThatCannotJoinIsAnErrorAndNobodyWaits() throws {
    StandIn.refuseToJoin(14)
    let engines = try [13, 14].map { try CUDAEngine.standIn(ordinal: $0) }
    let error = #expect(throws: CaffeError.self) { try NCCLCommunicator.joining(engines) }
    #expect(error?.message.contains("NCCL can't join GPUs 13, 14: error 1 (the stand-in refuses this)") == true)
  }

  @Test
  func aLostDeviceIsAnErrorWhereItWouldBeWaitedFor() throws {
    let engines = try [15, 16].map { try CUDAEngine.standIn(ordinal: $0) }
    let communicators = try NCCLCommunicator.joining(engines)
    // One that goes waits for its stream.
    defer { withExtendedLifetime(communicators) {} }
    let values = Buffer([1, 2])
    try communicators[0].average([values])
    StandIn.breakLink(15)
    // The other one never comes.
    let error = #expect(throws: CaffeError.self) { try engines[0].finish() }
    #expect(error?.message.contains("device 15 (CUDA stand-in 15): NCCL has lost another GPU: error 6") == true)
  }

  @Test
  func copiesOfAStepDoNotWaitForALostDeviceEither() throws {
    let engines = try [17, 18].map { try CUDAEngine.standIn(ordinal: $0) }
    let communicators = try NCCLCommunicator.joining(engines)
    // One that goes waits for its stream.
    defer { withExtendedLifetime(communicators) {} }
    let values = Buffer([Float](repeating: 1, count: 100_000))
    try communicators[0].average([values])
    StandIn.breakLink(17)
    // Each takes the place of what the one before copied, and there are no more than three.
    for step in 0..<5 {
      values.set([Float](repeating: Float(step), count: values.count))
      engines[0].axpby(1, values, 1, values, count: values.count)
      engines[0].submit()
    }
    #expect(throws: CaffeError.self) { try engines[0].check() }
  }

  @Test
  func oneThatWasAbortedIsAnErrorAndIsNotUsed() throws {
    let engines = try [23, 24].map { try CUDAEngine.standIn(ordinal: $0) }
    let communicators = try NCCLCommunicator.joining(engines)
    communicators[0].abort()
    let error = #expect(throws: CaffeError.self) { try communicators[0].average([Buffer([1, 2])]) }
    #expect(error?.message == "another GPU has failed")
  }

  @Test
  func whatIsCopiedAfterAnAverageComesAfterIt() throws {
    let engines = try [25, 26].map { try CUDAEngine.standIn(ordinal: $0) }
    let communicators = try NCCLCommunicator.joining(engines)
    let values = engines.map { _ in Buffer([Float](repeating: 1, count: 100_000)) }
    let seen = Buffer.dirty(100_000)
    func copy(_ value: Int) {
      values[0].set([Float](repeating: Float(value), count: 100_000))
      engines[0].axpby(1, values[0], 0, seen, count: 100_000)
      engines[0].submit()
    }
    for step in 0..<3 {
      for value in 1...2 { copy(value) }
      try communicators[0].average([values[0]])
      copy(9 + step)
      try communicators[1].average([values[1]])
      #expect(seen.values.allSatisfy { $0 == Float(9 + step) })
    }
  }
}
