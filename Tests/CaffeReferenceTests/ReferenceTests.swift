import Caffe
import CaffeTestSupport
import Testing

/// The original's numbers, on every engine: one line a case and engine.
@Suite(.serialized) struct ReferenceTests {
  @Test func everyCaseAgreesWithTheOriginal() {
    var verdicts: [ReferenceOutcome.Verdict] = []
    for run in cases {
      for engine in TestEngines.all {
        let outcome = run(engine)
        print(outcome.line)
        verdicts.append(outcome.verdict)
        #expect(outcome.verdict != .failed, "\(outcome.line)")
      }
    }
    #expect(verdicts.contains(.ok), "no case in \(ReferenceFolder.path) was run to a good end")
  }

  /// The device's threads in the usual order and in the reverse one: what depends on it is a race.
  @Test(arguments: [false, true]) func everyCaseAgreesOnTheStandInForADevice(_ isReversed: Bool) throws {
    let device: Int32 = isReversed ? 7 : 6
    if isReversed { StandIn.reverse(device) }
    let engine = try CUDAEngine.standIn(ordinal: Int(device))
    var passed = 0
    for run in cases {
      let outcome = run(engine)
      if outcome.verdict == .ok { passed += 1 }
      #expect(outcome.verdict != .failed, "\(outcome.line)")
    }
    #expect(passed > 0, "no case in \(ReferenceFolder.path) was run to a good end")
  }

  /// All complete cases of the folder.
  private var cases: [(any Engine) -> ReferenceOutcome] {
    (ReferenceCase.layers + ReferenceCase.models).map { reference in { reference.run(on: $0) } }
      + SolverCases.all().map { folder in { SolverCases.run(folder: folder, engine: $0) } }
  }
}
