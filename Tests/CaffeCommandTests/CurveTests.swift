import Foundation
import Testing

@Suite(.serialized) struct CurveTests {
  private let log = """
    I1120 22:50:41.000000 1 solver.cpp:289] Solving LeNet
    I1120 22:50:42.000000 1 solver.cpp:239] Iteration 0, loss = 2.5
    I1120 22:50:42.000000 1 sgd_solver.cpp:112] Iteration 0, lr = 0.01
    garbage
    I1120 22:50:44.000000 1 solver.cpp:239] Iteration 100, loss = 0.5
    I1120 22:50:44.000000 1 solver.cpp:347] Iteration 100, Testing net (#0)
    I1120 22:50:45.000000 1 solver.cpp:414]     Test net output #0: accuracy = 0.9

    """

  @Test func plotDrawsLogsAndSaysWhatItDidNotUnderstand() throws {
    let folder = try WorkFolder()
    try folder.write(log, to: "a.log")
    let one = try CommandRun(["plot", "a.log"], in: folder)
    #expect(one.status == 0 && one.output == "curves.svg: loss, accuracy, learning rate\n", "\(one.error)")
    #expect(one.error.contains("a.log: 1 line wasn't understood: 4 (the first: \"garbage\")"))
    #expect(try String(contentsOfFile: folder.path("curves.svg"), encoding: .utf8).contains(">accuracy</text>"))
    let two = try CommandRun(
      ["plot", "a.log", "--show=loss", "./a.log", "--against=seconds", "--log", "--smooth=1", "--out=b.svg"], in: folder
    )
    #expect(two.status == 0 && two.output == "b.svg: loss\n", "\(two.error)")
    let svg = try String(contentsOfFile: folder.path("b.svg"), encoding: .utf8)
    #expect(svg.contains(">./a.log</text>") && svg.contains(">seconds</text>"))
    let epochs = try CommandRun(["plot", "a.log", "--against=epochs"], in: folder)
    #expect(epochs.status == 1 && epochs.error.contains("--iterations-per-epoch=N"))
    #expect(try CommandRun(["plot", "a.log", "--against=epochs", "--iterations-per-epoch=50"], in: folder).status == 0)
  }

  @Test func plotDrawsTheRatesOfSolvers() throws {
    let folder = try WorkFolder()
    try folder.write(
      "net: \"none\" base_lr: 0.1 lr_policy: \"multistep\" gamma: 0.1 stepvalue: 60 max_iter: 100 warmup_iter: 10",
      to: "a.prototxt")
    let run = try CommandRun(["plot", "--solver=a.prototxt", "--out=r.svg"], in: folder)
    #expect(run.status == 0 && run.output == "r.svg: learning rate\n", "\(run.error)")
    try folder.write("base_lr: 0.1 lr_policy: \"step\" max_iter: 100", to: "b.prototxt")
    let wrong = try CommandRun(["plot", "--solver=b.prototxt"], in: folder)
    #expect(wrong.status == 1 && wrong.error.contains("needs the field gamma"))
  }

  @Test func wrongInputIsToldWithItsRemedy() throws {
    let folder = try WorkFolder()
    try folder.write("", to: "empty.log")
    try folder.write(log, to: "a.log")
    for (arguments, status, text) in [
      (["plot"], 64, "Need logs"), (["plot", "none.log"], 1, "none.log"), (["plot", "empty.log"], 1, "empty"),
      (["plot", "a.log", "--out=a.gif"], 64, ".svg or .png"), (["plot", "a.log", "--out=no/a.svg"], 1, "mkdir -p"),
      (["plot", "a.log", "--show=loss,lost"], 64, "\"lost\""), (["plot", "a.log", "--smooth=0"], 64, "--smooth"),
      (["parse-log", "a.log", "no"], 1, "mkdir -p"), (["plot", "a.log", "--solver=x"], 64, "not both")
    ] {
      let run = try CommandRun(arguments, in: folder)
      #expect(run.status == Int32(status) && run.error.contains(text), "\(arguments): \(run.status) \(run.error)")
    }
  }

  @Test func parseLogWritesTables() throws {
    let folder = try WorkFolder()
    try folder.write(log, to: "a.log")
    let shown = try CommandRun(["parse-log", "a.log"], in: folder)
    #expect(shown.output.hasPrefix("phase,iteration,seconds,rate,smoothed_loss,accuracy\ntrain,0,1,0.01,2.5,\n"))
    let written = try CommandRun(["parse-log", "a.log", "."], in: folder)
    #expect(written.status == 0 && written.output == "./a.log.train\n./a.log.test\n", "\(written.error)")
    let test = try String(contentsOfFile: folder.path("a.log.test"), encoding: .utf8)
    #expect(test == "NumIters,Seconds,LearningRate,accuracy\n100,4,0.01,0.9\n")
  }

  @Test func trainingWritesMetricsThatPlotReads() throws {
    let place = try TrainingFolder()
    let trained = try place.train("--metrics=run.jsonl")
    #expect(trained.status == 0, "\(trained.error)")
    let text = try String(contentsOfFile: place.folder.path("run.jsonl"), encoding: .utf8)
    let first = try #require(text.split(separator: "\n").first)
    for part in [
      "\"command\":[", "\"version\":", "\"net\":\"layer {", "base_lr: 0.05", "\"iterationsPerEpoch\":8",
      "\"batchSize\":32"
    ] {
      #expect(first.contains(part), "no \(part) in \(first)")
    }
    let drawn = try CommandRun(["plot", "run.jsonl", "--against=epochs"], in: place.folder)
    #expect(drawn.status == 0 && drawn.output == "curves.svg: loss, accuracy, learning rate\n", "\(drawn.error)")
    // The log says the same, to the digits that it has.
    try place.folder.write(trained.error, to: "run.log")
    let logged = try table("run.log", in: place.folder)
    let recorded = try table("run.jsonl", in: place.folder)
    #expect(recorded.count == 4 + 3)
    for row in recorded {
      let same = try #require(logged.first { $0["phase"] == row["phase"] && $0["iteration"] == row["iteration"] })
      for column in ["loss", "accuracy", "rate"] {
        let (left, right) = (row[column].flatMap { Double($0) }, same[column].flatMap { Double($0) })
        #expect((left == nil) == (right == nil) && abs((left ?? 0) - (right ?? 0)) < 1e-5, "\(column): \(row) \(same)")
      }
    }
  }

  /// The rows of what `parse-log` prints, by their columns.
  private func table(_ file: String, in folder: WorkFolder) throws -> [[String: String]] {
    let lines = try CommandRun(["parse-log", file], in: folder).output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let header = try #require(lines.first)
    return lines.dropFirst().map { Dictionary(zip(header, $0)) { first, _ in first } }
  }

  @Test func aFailedRunSaysSo() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["base_lr": "3e38"])
    #expect(try place.train("--metrics=run.jsonl").status == 2)
    let text = try String(contentsOfFile: place.folder.path("run.jsonl"), encoding: .utf8)
    #expect(text.hasSuffix("\n") && text.split(separator: "\n").last?.contains("\"outcome\":\"failed\"") == true)
    #expect(try place.train("--metrics=no/run.jsonl").status == 1)
  }
}
