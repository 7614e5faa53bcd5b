import CaffeCUDAEngine
import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Foundation
import Testing

/// The CUDA engine on its stand-in with memory of its own for each value, for a build that watches memory: `scripts/check-kernels-asan`.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["CAFFE_SANITIZED"] != nil, "no sanitized build"))
struct SanitizedEngineTests {
  @Test(arguments: [true, false])
  func staysWithinItsMemory(usesGraphs: Bool) throws {
    var options = CUDAOptions()
    options.poolsMemory = false
    options.usesGraphs = usesGraphs
    let results = EngineComparison.compare(
      try CUDAEngine.standIn(options), against: ReferenceEngine(), cases: EngineCase.small)
    #expect(!results.isEmpty)
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }

  @Test
  func staysWithinItsMemoryWithChannelsLast() throws {
    var options = CUDAOptions.channelsLast
    options.poolsMemory = false
    let results = EngineComparison.compare(
      try CUDAEngine.standInWithCuDNN(options), against: ReferenceEngine(), cases: EngineCase.small)
    #expect(!results.isEmpty)
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
  }
}
