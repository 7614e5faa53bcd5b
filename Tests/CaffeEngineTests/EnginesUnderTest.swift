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
    EngineUnderTest(description: "cpu, three threads") { CPUEngine(threads: 3) },
    EngineUnderTest(description: "reference, forwarded") { ForwardingEngine(ReferenceEngine(), listener: Bystander()) }
  ]
}
