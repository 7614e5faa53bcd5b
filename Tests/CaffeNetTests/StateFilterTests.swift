import Caffe
import CaffeTestSupport
import Testing

@Suite struct StateFilterTests {
  private let text = """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 } } }
    layer { name: "train" type: "ReLU" bottom: "x" top: "a" include { phase: TRAIN } }
    layer { name: "test" type: "ReLU" bottom: "x" top: "b" include { phase: TEST } }
    layer { name: "deep" type: "ReLU" bottom: "x" top: "c" include { min_level: 2 max_level: 4 } }
    layer { name: "staged" type: "ReLU" bottom: "x" top: "d" include { stage: "s" not_stage: "n" } }
    layer { name: "both" type: "ReLU" bottom: "x" top: "e" include { stage: "s" stage: "t" } include { stage: "n" } }
    layer { name: "never" type: "ReLU" bottom: "x" top: "f" exclude { } }
    """

  private func names(phase: Phase = .train, level: Int32 = 0, stages: [String] = []) throws -> [String] {
    try makeNet(text, phase: phase, level: level, stages: stages).layers.map(\.name).filter { !$0.contains("split") }
  }

  @Test func phasePicksLayers() throws {
    #expect(try names() == ["x", "train"])
    #expect(try names(phase: .test) == ["x", "test"])
  }

  @Test func levelsAreInclusive() throws {
    #expect(try !names(level: 1).contains("deep"))
    #expect(try names(level: 2).contains("deep"))
    #expect(try names(level: 4).contains("deep"))
    #expect(try !names(level: 5).contains("deep"))
  }

  @Test func allStagesOfARuleMustMatchAndOneRuleSuffices() throws {
    #expect(try names(stages: ["s"]) == ["x", "train", "staged"])
    #expect(try names(stages: ["s", "t"]) == ["x", "train", "staged", "both"])
    #expect(try names(stages: ["s", "n"]) == ["x", "train", "both"])
  }

  @Test func rulesOfBothKindsAreAnError() {
    let text = message {
      _ = try makeNet(
        """
        layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 } }
          include { phase: TRAIN } exclude { phase: TEST } }
        """)
    }
    #expect(text.contains("net.prototxt:1") && text.contains("both include and exclude"))
  }

  @Test func theLogSaysWhyALayerIsLeftOut() throws {
    let log = RecordedLog()
    _ = try makeNet(text, log: log)
    #expect(log.texts.contains("The NetState phase (0) differed from the phase (1) specified by a rule in layer test"))
  }
}
