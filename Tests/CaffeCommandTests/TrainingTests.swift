import Foundation
import Testing

@Suite(.serialized) struct TrainingTests {
  @Test func trainTestTimeAndResumePrintTheOriginalsLines() throws {
    let place = try TrainingFolder()
    let trained = try place.train()
    #expect(trained.status == 0, "\(trained.error)")
    for line in [
      "caffe.cpp:197] Use CPU.", "caffe.cpp:239] Starting Optimization",
      "solver.cpp:347] Iteration 0, Testing net (#0)",
      "    Test net output #0: accuracy = ", "Iteration 10 (", "    Train net output #0: loss = ",
      "Iteration 10, lr = 0.05",
      "Snapshotting to binary proto file small_iter_40.caffemodel",
      "Snapshotting solver state to binary proto file small_iter_40.solverstate", "caffe.cpp:250] Optimization Done."
    ] {
      #expect(trained.error.contains(line), "no line \"\(line)\"")
    }
    let records = trained.error.split(separator: "\n").filter { $0.contains("] Iteration ") }
    #expect(
      try records.allSatisfy {
        try /I\d{4} \d\d:\d\d:\d\d\.\d{6} [ \d]{5,} \w+\.cpp:\d+\] .*/.wholeMatch(in: $0) != nil
      })

    let tested = try CommandRun(
      ["test", "-model", "net.prototxt", "-weights", "small_iter_40.caffemodel", "-iterations", "2"], in: place.folder)
    #expect(tested.status == 0, "\(tested.error)")
    for line in [
      "] Running for 2 iterations.", "] Batch 0, accuracy = ", "] Batch 1, loss = ", "caffe.cpp:309] Loss: ",
      "caffe.cpp:321] accuracy = ", " (* 1 = "
    ] {
      #expect(tested.error.contains(line), "no line \"\(line)\"")
    }

    let resumed = try place.train("--snapshot=small_iter_20.solverstate")
    #expect(resumed.status == 0, "\(resumed.error)")
    #expect(resumed.error.contains("] Resuming from small_iter_20.solverstate"))
    #expect(resumed.error.contains("Iteration 20, Testing net (#0)") && !resumed.error.contains("Iteration 10 ("))
  }

  @Test func timeShowsEachLayer() throws {
    let place = try TrainingFolder()
    let run = try CommandRun(["time", "--model=net.prototxt", "--iterations=3"], in: place.folder)
    #expect(run.status == 0, "\(run.error)")
    for line in [
      "*** Benchmark begins ***", "Testing for 3 iterations.", "Iteration: 3 forward-backward time: ",
      "Average time per layer: ", "]         ip\tforward: ", "]         ip\tbackward: ", "Average Forward pass: ",
      "Average Backward pass: ", "Average Forward-Backward: ", "Total Time: ", "*** Benchmark ends ***"
    ] {
      #expect(run.error.contains(line), "no line \"\(line)\"")
    }
  }

  @Test func timeShowsATableOfMedians() throws {
    let place = try TrainingFolder()
    let run = try CommandRun(["time", "--model=net.prototxt", "--iterations=3"], in: place.folder)
    let lines = run.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("layer ") && $0.contains("GFLOP/s") && $0.hasSuffix("computed by") })
    #expect(lines.contains { $0.hasPrefix("ip ") && $0.contains("InnerProduct") })
    #expect(lines.last?.hasPrefix("sum ") == true && lines.last?.contains("100.0 %") == true)
  }

  @Test func timesComeAsJSONToo() throws {
    let place = try TrainingFolder()
    let run = try CommandRun(
      ["time", "--model=net.prototxt", "--iterations=4", "--forward-only", "--json"], in: place.folder)
    let times = try #require(JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(times["iterations"] as? Int == 4)
    let layers = try #require(times["layers"] as? [[String: Any]])
    let product = try #require(layers.first { $0["type"] as? String == "InnerProduct" })
    #expect((product["forwardOperations"] as? Int ?? 0) > 0 && (product["forwardMilliseconds"] as? Double ?? 0) > 0)
    #expect(product["backwardMilliseconds"] as? Double == 0)
  }

  @Test func layersSayInWhatLayoutTheyCompute() throws {
    let folder = try WorkFolder()
    try folder.write(
      """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 16 dim: 3 dim: 8 dim: 8 } } }
      layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 5 kernel_size: 3 } }
      layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { kernel_size: 2 } }
      layer { name: "prob" type: "Softmax" bottom: "pool" top: "prob" }
      """, to: "net.prototxt")
    let run = try CommandRun(["time", "--model=net.prototxt", "--iterations=1"], in: folder)
    let lines = run.output.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("conv ") && $0.hasSuffix("  lanes of images") }, "\(run.output)")
    #expect(lines.contains { $0.hasPrefix("pool ") && $0.hasSuffix("  lanes of images") })
    #expect(lines.contains { $0.hasPrefix("prob ") && $0.hasSuffix("%") })
  }

  @Test(arguments: ["abc", "0", "5000"]) func wrongNumbersOfThreadsAreRefused(_ threads: String) throws {
    let place = try TrainingFolder()
    let time = ["time", "--model=net.prototxt", "--iterations=1"]
    let set = try CommandRun(time, in: place.folder, environment: ["CAFFE_NUM_THREADS": threads])
    #expect(
      set.status == 1 && set.error.contains("CAFFE_NUM_THREADS is \"\(threads)\"; give 1 to 1024"), "\(set.error)")
    let given = try CommandRun(time + ["--threads=\(threads)"], in: place.folder)
    #expect(given.status == 64 && given.error.contains("--threads"), "\(given.error)")
  }

  @Test func weightsAreTheStartOfATraining() throws {
    let place = try TrainingFolder()
    try #require(try place.train().status == 0)
    let run = try place.train("--weights=small_iter_20.caffemodel,small_iter_40.caffemodel")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.error.contains("Finetuning from small_iter_20.caffemodel"))
    #expect(run.error.contains("Finetuning from small_iter_40.caffemodel"))
  }

  @Test func weightsOfAnotherShapeAreSkippedOnRequest() throws {
    let place = try TrainingFolder()
    try #require(try place.train().status == 0)
    try place.writeNet(outputs: 12)
    try place.writeSolver(["snapshot_prefix": "\"other\""])
    let strict = try place.train("--weights=small_iter_20.caffemodel")
    #expect(strict.status == 1 && strict.error.contains("has the shape [10 784] in the file"))
    let run = try place.train("--weights=small_iter_20.caffemodel", "--weights-mismatch=skip")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.error.contains("small_iter_20.caffemodel: no layer of this file fits the net; 0 layers loaded"))
    #expect(
      run.error.contains("ip     wrong shape  parameter 0: [10 784] in the file, [12 784] in the net"), "\(run.error)")
    #expect(try place.train("--weights-mismatch=some").status == 64)
  }

  @Test func gradientsAreCheckedWhenAsked() throws {
    let place = try TrainingFolder()
    let first = try place.train("--check-gradients=2")
    #expect(first.status == 0, "\(first.error)")
    for line in [
      "] Gradient check, iteration 0: 6 values compared, 0 disagree", "] Gradient check, iteration 1: 6 values",
      "] Gradient check, 2 iterations: 12 values compared, 0 disagree"
    ] {
      #expect(first.error.contains(line), "no line \"\(line)\"")
    }
    #expect(!first.error.contains("Gradient check, iteration 2"))
    try place.writeSolver(["max_iter": "3"])
    let all = try place.train("--check-gradients")
    #expect(all.status == 0 && all.error.contains("] Gradient check, 3 iterations: 18 values compared, 0 disagree"))
    #expect(try place.train("--check-gradients=some").status == 64)
  }

  @Test func aHealthyTrainingIsNotCalledStuck() throws {
    let place = try TrainingFolder()
    try place.writeNet(
      layers: """
        layer {
          name: "conv" type: "Convolution" bottom: "data" top: "conv"
          convolution_param { num_output: 4 kernel_size: 5 stride: 2 weight_filler { type: "xavier" } }
        }
        layer { name: "pool" type: "Pooling" bottom: "conv" top: "pool" pooling_param { kernel_size: 2 stride: 2 } }
        layer {
          name: "hidden" type: "InnerProduct" bottom: "pool" top: "hidden"
          inner_product_param { num_output: 32 weight_filler { type: "xavier" } }
        }
        layer { name: "relu" type: "ReLU" bottom: "hidden" top: "hidden" }
        layer {
          name: "scores" type: "InnerProduct" bottom: "hidden" top: "scores"
          inner_product_param { num_output: 10 weight_filler { type: "gaussian" std: 1e-4 } }
        }
        layer { name: "second" type: "SoftmaxWithLoss" bottom: "scores" bottom: "label" top: "second" }
        """)
    try place.writeSolver(["max_iter": "700", "display": "0", "base_lr": "0.01", "snapshot": "0"])
    let trained = try place.train()
    #expect(trained.status == 0, "\(trained.error.suffix(500))")
    #expect(trained.error.split(separator: "\n").allSatisfy { !$0.hasPrefix("W") })
    // With nothing but zeros it is.
    try place.writeSolver(["max_iter": "700", "display": "0", "base_lr": "0", "snapshot": "0"])
    let stuck = try place.train()
    #expect(stuck.error.split(separator: "\n").filter { $0.hasPrefix("W") }.count == 1)
    #expect(stuck.error.contains("the loss of layer \"second\" has stayed at 2.30259 = ln 10 for 500 iterations"))
  }

  @Test func theReferenceEngineTrainsToo() throws {
    let place = try TrainingFolder()
    let run = try place.train("--engine=reference", "--threads=1")
    #expect(run.status == 0 && run.error.contains("Optimization Done."))
  }

  @Test func theLogGoesWhereItIsAskedTo() throws {
    let place = try TrainingFolder()
    let quiet = try place.train("--minloglevel=2")
    #expect(quiet.status == 0 && quiet.error.isEmpty)
    let filed = try place.train("--log_dir=logs/deep", "--alsologtostderr=false")
    #expect(filed.status == 0 && filed.error.isEmpty)
    let text = try String(contentsOfFile: place.folder.path("logs/deep/caffe.INFO"), encoding: .utf8)
    #expect(text.contains("] Optimization Done."))
    let environment = try CommandRun(
      ["train", "--solver=solver.prototxt"], in: place.folder, environment: ["GLOG_minloglevel": "2"])
    #expect(environment.status == 0 && environment.error.isEmpty)
  }
}

@Suite(.serialized) struct SignalTests {
  private func running(_ place: TrainingFolder, _ flags: String...) throws -> RunningCommand {
    try place.writeSolver(["max_iter": "100000000", "snapshot": "0", "test_interval": "1000000", "display": "1000"])
    let command = try RunningCommand("caffe", ["train", "--solver=solver.prototxt"] + flags, in: place.folder)
    try #require(command.waits(for: "Iteration 1000 ("), "\(command.logged)")
    return command
  }

  @Test func anInterruptTakesASnapshotAndStops() throws {
    let place = try TrainingFolder()
    let command = try running(place)
    kill(command.process.processIdentifier, SIGINT)
    let end = command.finish()
    #expect(end.status == 0, "\(end.error.suffix(500))")
    #expect(end.error.contains("Optimization stopped early."))
    #expect(place.folder.names.contains { $0.hasSuffix(".solverstate") })
    #expect(!place.hasLeftovers)
  }

  @Test func aHangUpTakesASnapshotAndGoesOn() throws {
    let place = try TrainingFolder()
    let command = try running(place)
    kill(command.process.processIdentifier, SIGHUP)
    #expect(command.waits(for: "Snapshotting solver state"))
    #expect(command.process.isRunning)
    kill(command.process.processIdentifier, SIGINT)
    #expect(command.finish().status == 0)
  }

  @Test func theEffectsCanBeChosen() throws {
    let place = try TrainingFolder()
    let command = try running(place, "--sigint_effect=none", "--sighup_effect=stop")
    kill(command.process.processIdentifier, SIGINT)
    usleep(200_000)
    #expect(command.process.isRunning)
    kill(command.process.processIdentifier, SIGHUP)
    let end = command.finish()
    #expect(end.status == 0 && end.error.contains("Optimization stopped early."))
  }

  @Test func aSecondInterruptQuitsAtOnce() throws {
    let place = try TrainingFolder()
    // One iteration takes seconds, so that both come within it.
    try place.writeNet(
      layers: """
        layer {
          name: "slow" type: "Convolution" bottom: "data" top: "data2"
          convolution_param { num_output: 2000 kernel_size: 9 pad: 4 weight_filler { type: "xavier" } }
        }
        layer { name: "sink" type: "Silence" bottom: "data2" }
        """)
    try place.writeSolver(["test_iter": nil, "test_interval": nil])
    let command = try RunningCommand(
      "caffe", ["train", "--solver=solver.prototxt", "--engine=reference"], in: place.folder)
    try #require(command.waits(for: "Learning Rate Policy"))
    usleep(100_000)
    kill(command.process.processIdentifier, SIGINT)
    usleep(100_000)
    kill(command.process.processIdentifier, SIGINT)
    #expect(command.finish().status == 130)
    #expect(!place.hasLeftovers && !place.folder.names.contains { $0.contains("small_iter") })
  }

  /// Interrupts a training while it writes 30 MB of weights.
  private func interruptedInSnapshot(_ place: TrainingFolder, times: Int) throws -> CommandRun {
    try place.writeNet(outputs: 10_000)
    try place.writeSolver([
      "test_iter": nil, "test_interval": nil, "max_iter": "100000000", "snapshot": "1", "display": "0"
    ])
    let command = try RunningCommand("caffe", ["train", "--solver=solver.prototxt"], in: place.folder)
    try #require(command.waits(for: "Snapshotting to binary proto file"), "\(command.logged)")
    for time in 0..<times {
      if time > 0 { usleep(20_000) }
      kill(command.process.processIdentifier, SIGINT)
    }
    return command.finish()
  }

  /// Whether all weights and states that are there can be read to their end.
  private func snapshotsAreWhole(_ place: TrainingFolder) throws -> Bool {
    try place.writeSolver(["test_iter": nil, "test_interval": nil, "max_iter": "1", "snapshot_after_train": "false"])
    return try place.folder.names.allSatisfy { name in
      guard name.contains(".caffemodel") || name.contains(".solverstate"), !name.hasSuffix(".json") else { return true }
      let flag = name.contains(".caffemodel") ? "--weights" : "--snapshot"
      return try place.train("\(flag)=\(name)").status == 0
    }
  }

  @Test func anInterruptDuringASnapshotLetsItBeWritten() throws {
    let place = try TrainingFolder()
    let end = try interruptedInSnapshot(place, times: 1)
    #expect(end.status == 0, "\(end.error.suffix(500))")
    #expect(end.error.contains("Optimization stopped early."))
    #expect(!place.hasLeftovers)
    #expect(place.folder.names.filter { $0.hasSuffix(".caffemodel") || $0.hasSuffix(".solverstate") }.count >= 2)
    #expect(try snapshotsAreWhole(place))
  }

  @Test func aSecondInterruptDuringASnapshotLeavesNoPart() throws {
    let place = try TrainingFolder()
    let end = try interruptedInSnapshot(place, times: 2)
    #expect(end.status == 130, "\(end.error.suffix(500))")
    #expect(!place.hasLeftovers, "\(place.folder.names)")
    #expect(try snapshotsAreWhole(place))
  }
}
