import CaffeReferenceEngine
import CaffeTestSupport
import Testing

struct GradientTests {
  @Test
  func referenceEngineAgreesWithDifferences() {
    let results = EngineComparison.checkGradients(on: ReferenceEngine(), cases: EngineCase.small)
    #expect(results.count > 200)
    let failures = results.filter { !$0.passed }.map(\.line)
    #expect(failures.isEmpty, "\(failures.count) of \(results.count):\n\(failures.joined(separator: "\n"))")
  }
}
