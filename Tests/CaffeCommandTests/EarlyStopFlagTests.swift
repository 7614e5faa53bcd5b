import Caffe
import CaffeCommand
import Testing

/// `--early-stop`: its value, and what a training makes of it.
@Suite(.serialized) struct EarlyStopFlagTests {
  @Test func theValueIsRead() {
    #expect(EarlyStop(text: "loss:patience=5") == EarlyStop(output: "loss", patience: 5))
    #expect(
      EarlyStop(text: "accuracy:patience=3:min-delta=0.001")
        == EarlyStop(output: "accuracy", patience: 3, minimumDelta: 0.001))
    #expect(
      EarlyStop(text: "top5:mode=max:min_delta=1:patience=2")
        == EarlyStop(output: "top5", patience: 2, minimumDelta: 1, direction: .up))
  }

  @Test(arguments: [
    "", "loss", ":patience=3", "loss:patience", "loss:patience=", "loss:patience=0", "loss:patience=x",
    "loss:patience=-1",
    "loss:patience=1:patience=2", "loss:patience=1:min-delta=-1", "loss:patience=1:min-delta=nan",
    "loss:patience=1:mode=up", "loss:patience=1:speed=2"
  ])
  func badValuesAreRefused(text: String) {
    #expect(EarlyStop(text: text) == nil)
  }

  @Test func aTrainingThatGetsNoBetterEndsWellAndEarly() throws {
    let place = try TrainingFolder()
    try place.writeNet()
    try place.writeSolver(["base_lr": "0", "test_interval": "2", "max_iter": "1000"])
    let run = try place.train("--early-stop=loss:patience=3")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.error.contains("Early stop: loss has not fallen below"), "\(run.error)")
    #expect(run.error.contains("caffe.cpp:250] Optimization ended by the early stop at iteration 6."))
    #expect(!run.error.contains("Optimization Done."))
    #expect(place.folder.exists("small_iter_6.solverstate"))
    #expect(!run.error.contains("Iteration 10"))
  }

  @Test func wrongFlagsAndOutputsAreNamed() throws {
    let place = try TrainingFolder()
    try place.writeNet()
    let flag = try place.train("--early-stop=loss:patience=none")
    #expect(flag.status == 64)
    #expect(flag.error.contains("early_stop"), "\(flag.error)")
    let output = try place.train("--early-stop=acuracy:patience=2")
    #expect(output.status == 1)
    #expect(output.error.contains(#"no test net has an output "acuracy"; did you mean "accuracy"?"#), "\(output.error)")
  }
}
