import CaffeCPUEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport

/// An engine that is held to the reference engine.
struct EngineUnderTest: Sendable, CustomStringConvertible {
  let description: String
  let make: @Sendable () throws -> any Engine

  static let all: [EngineUnderTest] = [
    EngineUnderTest(description: "cpu") { CPUEngine() },
    EngineUnderTest(description: "cpu, one thread") { CPUEngine(threads: 1) },
    EngineUnderTest(description: "cpu, five threads") { CPUEngine(threads: 5) },
    EngineUnderTest(description: "reference, forwarded") { ForwardingEngine(ReferenceEngine(), listener: Bystander()) }
  ]
}
