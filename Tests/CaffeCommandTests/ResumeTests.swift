import Foundation
import Testing

/// Going on with `--resume=auto`, whatever ended the run before.
@Suite(.serialized) struct ResumeTests {
  private func finalFiles(_ place: TrainingFolder) throws -> [Data] {
    try ["small_iter_40.caffemodel", "small_iter_40.solverstate"].map {
      try Data(contentsOf: URL(fileURLWithPath: place.folder.path($0)))
    }
  }

  private func removeSnapshots(_ place: TrainingFolder) throws {
    for name in place.folder.names where name.hasPrefix("small") || name.hasPrefix(".small") {
      try FileManager.default.removeItem(atPath: place.folder.path(name))
    }
  }

  @Test func killedTrainingsEndAsTheUnbrokenOne() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["snapshot": "1", "display": "1", "average_loss": "3"])
    try #require(try place.train().status == 0)
    let expected = try finalFiles(place)
    try removeSnapshots(place)

    var random = SeededGenerator(state: 5)
    var resumed = 0
    for _ in 0..<8 {
      let command = try RunningCommand(
        "caffe", ["train", "--solver=solver.prototxt", "--resume=auto"], in: place.folder)
      _ = command.waits(for: "Starting Optimization")
      usleep(UInt32.random(in: 20_000...250_000, using: &random))
      kill(command.process.processIdentifier, SIGKILL)
      let end = command.finish()
      #expect(!end.error.contains("caffe: error"), "\(end.error.suffix(500))")
      if end.error.contains("Resuming from") { resumed += 1 }
    }
    let last = try place.train("--resume=auto")
    #expect(last.status == 0, "\(last.error.suffix(500))")
    #expect(resumed > 0 && last.error.contains("Resuming from"))
    #expect(try finalFiles(place) == expected)
    #expect(!place.hasLeftovers && !place.folder.names.contains("small.lock"))
  }

  @Test func autoStartsFromTheBeginningOrFromTheNewestWholeSnapshot() throws {
    let place = try TrainingFolder()
    let first = try place.train("--resume=auto", "--keep-last=2")
    #expect(first.status == 0 && first.error.contains("No snapshot of \"small\" to go on from"), "\(first.error)")
    let model = place.folder.path("small_iter_40.caffemodel")
    try Data(contentsOf: URL(fileURLWithPath: model)).dropLast(5).write(to: URL(fileURLWithPath: model))
    let second = try place.train("--resume=auto")
    #expect(second.status == 0)
    #expect(second.error.contains("small_iter_40.solverstate is passed over: small_iter_40.caffemodel: the file has"))
    #expect(second.error.contains("Resuming from small_iter_20.solverstate"))
    let named = try place.train("--resume=small_iter_20.solverstate")
    #expect(named.status == 0 && named.error.contains("Resuming from small_iter_20.solverstate"))
    #expect(try place.train("--resume=auto", "--snapshot=small_iter_20.solverstate").status == 64)
  }

  @Test func aRunWithoutASeedKeepsItsSeed() throws {
    let place = try TrainingFolder()
    try place.writeNet(
      layers: #"layer { name: "drop" type: "Dropout" bottom: "data" top: "data" }"#)
    try place.writeSolver(["random_seed": "-1"])
    try #require(try place.train().status == 0)
    let expected = try finalFiles(place)
    try FileManager.default.removeItem(atPath: place.folder.path("small_iter_40.solverstate"))
    let resumed = try place.train("--resume=auto")
    #expect(resumed.status == 0 && resumed.error.contains("Resuming from small_iter_20.solverstate"))
    #expect(try finalFiles(place) == expected)
  }

  @Test func twoProcessesOnOnePrefixAreRefused() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["max_iter": "100000000", "snapshot": "0", "test_interval": "1000000", "display": "100"])
    let command = try RunningCommand("caffe", ["train", "--solver=solver.prototxt"], in: place.folder)
    try #require(command.waits(for: "Iteration 100 ("), "\(command.logged)")
    let second = try place.train()
    #expect(second.status == 1 && second.error.contains("another process is training with snapshot_prefix \"small\""))
    kill(command.process.processIdentifier, SIGINT)
    let end = command.finish()
    #expect(end.status == 0)
    #expect(end.error.contains("caffe.cpp:250] Optimization interrupted at iteration "))
    #expect(!place.folder.names.contains("small.lock"))
  }

  @Test func theStateOfAnotherNetNamesBoth() throws {
    let place = try TrainingFolder()
    try #require(try place.train().status == 0)
    let first = try String(contentsOfFile: place.folder.path("net.prototxt"), encoding: .utf8)
    try place.writeNet(outputs: 12)
    let wider = try String(contentsOfFile: place.folder.path("net.prototxt"), encoding: .utf8)
    try place.folder.write("name: \"wider\"\n" + wider, to: "net.prototxt")
    let unnamed = try place.train("--resume=auto")
    #expect(
      unnamed.status == 1 && unnamed.error.contains("the state is of the net \"\""), "\(unnamed.error.suffix(400))")
    #expect(unnamed.error.contains("this solver trains \"wider\""))

    try place.folder.write("name: \"ten\"\n" + first, to: "net.prototxt")
    try #require(try place.train().status == 0)
    try FileManager.default.removeItem(atPath: place.folder.path("small_iter_20.checkpoint"))
    try place.folder.write("name: \"wider\"\n" + wider, to: "net.prototxt")
    let named = try place.train("--snapshot=small_iter_20.solverstate")
    #expect(named.status == 1, "\(named.error.suffix(400))")
    #expect(named.error.contains("history 0 of the state, of the net \"ten\", has the shape [10 784]"))
    #expect(named.error.contains("in the net \"wider\" has [12 784]"))
  }

  @Test func aDryRunSavesNothing() throws {
    let place = try TrainingFolder()
    let before = place.folder.names.filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") }
    let run = try place.train("--dry-run")
    #expect(
      run.status == 0 && run.error.contains("Dry run: the nets were built, 1 iteration and 1 test"), "\(run.error)")
    #expect(run.error.contains("Test net output #0: accuracy"))
    #expect(place.folder.names.filter { !$0.hasSuffix(".out") && !$0.hasSuffix(".err") } == before)
  }

  @Test func theBestSnapshotStays() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["snapshot": "10", "test_interval": "10"])
    let run = try place.train("--keep-best=accuracy:min")
    #expect(run.status == 0, "\(run.error)")
    let states = place.folder.names.filter { $0.hasSuffix(".solverstate") }
    #expect(states.count <= 2 && states.contains("small_iter_40.solverstate"))
    let wrong = try place.train("--keep-best=acuracy")
    #expect(wrong.status == 1 && wrong.error.contains("there are: accuracy, loss"))
    #expect(try place.train("--keep-best=accuracy:best").status == 64)
    #expect(try place.train("--keep-last=0").status == 64)
  }

  /// A full disk, as a limit on the size of files.
  @Test func aFullDiskStopsWithWhatIsSavedIntact() throws {
    let place = try TrainingFolder()
    let program = try place.folder.tool("caffe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.currentDirectoryURL = URL(fileURLWithPath: place.folder.root)
    // 24 KiB hold the log, but not the 31,400 bytes of weights.
    process.arguments = ["-c", "trap '' XFSZ; ulimit -f 24; exec \"$0\" train --solver=solver.prototxt 2>log", program]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let log = try String(contentsOfFile: place.folder.path("log"), encoding: .utf8)
    #expect(log.contains("small_iter_20.caffemodel") && log.contains("cannot be written"), "\(log.suffix(600))")
    #expect(!place.hasLeftovers && !place.folder.names.contains { $0.contains("_iter_") })
  }
}

/// Numbers that are the same in every run.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
