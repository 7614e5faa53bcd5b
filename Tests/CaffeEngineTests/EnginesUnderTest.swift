import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport

/// An engine that is held to the reference engine.
struct EngineUnderTest: Sendable, CustomStringConvertible {
  let description: String
  let make: @Sendable () throws -> any Engine

  static let all: [EngineUnderTest] = [
    // One line for every other engine, such as: EngineUnderTest(description: "cpu") { CPUEngine() }.
    EngineUnderTest(description: "reference, forwarded") { ForwardingEngine(ReferenceEngine(), listener: Bystander()) }
  ]
}
