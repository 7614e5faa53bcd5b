import Caffe
import CaffeCPUEngine
import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport

/// An engine that is held to the reference engine.
struct EngineUnderTest: Sendable, CustomStringConvertible {
  let description: String
  let make: @Sendable () throws -> any Engine

  static let all: [EngineUnderTest] =
    gpu + [
      EngineUnderTest(description: "cpu") { CPUEngine() },
      EngineUnderTest(description: "cpu, three threads, lanes") { CPUEngine(threads: 3, convolutions: .lanes) },
      EngineUnderTest(description: "cpu, one thread") { CPUEngine(threads: 1) },
      EngineUnderTest(description: "cpu, five threads") { CPUEngine(threads: 5) },
      EngineUnderTest(description: "cuda on the stand-in") { try CUDAEngine.standIn() },
      EngineUnderTest(description: "cuda on the stand-in, without graphs") {
        var options = CUDAOptions()
        options.usesGraphs = false
        return try CUDAEngine.standIn(options)
      },
      EngineUnderTest(description: "cuda on the stand-in, with cuDNN") { try CUDAEngine.standInWithCuDNN() },
      EngineUnderTest(description: "cuda on the stand-in, with cuDNN, channels last") {
        try CUDAEngine.standInWithCuDNN(.channelsLast)
      },
      EngineUnderTest(description: "reference, forwarded") {
        ForwardingEngine(ReferenceEngine(), listener: Bystander())
      }
    ]

  /// The machine's first GPU, where there is one.
  private static var gpu: [EngineUnderTest] {
    guard EngineName.usable.contains(.cuda) else { return [] }
    return [EngineUnderTest(description: "cuda") { try CUDAEngine() }]
  }
}
