import Caffe
import CaffeTestSupport
import Testing

/// The original's numbers, on every engine: one line a case and engine.
@Suite(.serialized) struct ReferenceTests {
  @Test func layersAgreeWithTheOriginal() {
    var verdicts: [ReferenceOutcome.Verdict] = []
    for reference in ReferenceCase.layers {
      for engine in TestEngines.all {
        let outcome = reference.run(on: engine)
        print(outcome.line)
        verdicts.append(outcome.verdict)
        #expect(outcome.verdict != .failed, "\(outcome.line)")
      }
    }
    #expect(verdicts.contains(.ok), "no case in \(ReferenceFolder.path)/layers was run to a good end")
  }
}
