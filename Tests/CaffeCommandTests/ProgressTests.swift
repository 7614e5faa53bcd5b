import CaffeCommand
import Foundation
import Testing

@Suite struct ProgressTextTests {
  private var status: TrainingStatus {
    var status = TrainingStatus()
    status.iteration = 1234
    status.maximum = 10_000
    status.iterationsPerSecond = 583.4567
    status.secondsLeft = 200.4
    status.loss = 0.0321987
    status.rate = 0.00992565
    status.test = ("accuracy", 0.9812, 0.9821)
    status.memory = 120 << 20
    return status
  }

  @Test func aWideTerminalShowsEverything() {
    #expect(
      ProgressText(width: 200).line(status)
        == "##..................  12 %  1234/10000  583.5 it/s  3:20 left  loss 0.0322  lr 0.009926  accuracy 0.9812  "
        + "best 0.9821  120 MiB")
  }

  @Test func aNarrowOneShowsWhatMattersMost() {
    #expect(ProgressText(width: 20).line(status) == "12 %  loss 0.0322")
    #expect(ProgressText(width: 40).line(status) == "12 %  3:20 left  loss 0.0322")
    #expect(ProgressText(width: 3).line(status) == "")
    for width in 1...200 { #expect(ProgressText(width: width).line(status).count < width) }
  }

  @Test func colourAndBlocksOnlyWhereTheyAreShown() {
    let plain = ProgressText(width: 200).line(status)
    #expect(plain.allSatisfy { $0.isASCII && !$0.isNewline } && !plain.contains("\u{1B}"))
    let rich = ProgressText(width: 200, hasColor: true, hasBlocks: true).line(status)
    #expect(rich.contains("\u{1B}[36m━━──") && rich.contains("\u{1B}[0m"))
  }

  @Test func anEmptyOrOddStatusMakesALine() {
    #expect(ProgressText(width: 80).line(TrainingStatus()).hasSuffix("0 %  0/0"))
    var odd = status
    odd.loss = .nan
    odd.secondsLeft = .infinity
    odd.test = ("accuracy", .nan, .nan)
    #expect(ProgressText(width: 200).line(odd).contains("? left  loss nan"))
    odd.secondsLeft = 200_000
    #expect(ProgressText(width: 200).line(odd).contains("2 d 7 h left"))
  }
}

@Suite(.serialized) struct ProgressTests {
  private static let erase = "\r\u{1B}[2K"

  /// What a terminal gets from a training, by way of `script`, which gives it one.
  private func onTerminal(_ place: TrainingFolder, columns: Int = 120, _ flags: String, variables: String = "") throws
    -> String
  {
    let caffe = try place.folder.tool("caffe")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = [
      "-qec", "stty cols \(columns); \(variables) \(caffe) train --solver=solver.prototxt \(flags)",
      place.folder.path("typescript")
    ]
    process.currentDirectoryURL = URL(fileURLWithPath: place.folder.root)
    process.environment = ProcessInfo.processInfo.environment
      .filter { !["CI", "NO_COLOR"].contains($0.key) && !$0.key.hasPrefix("GLOG_") }
      .merging(["TERM": "xterm", "LC_ALL": "C"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let content = FileManager.default.contents(atPath: place.folder.path("typescript")) ?? Data()
    return String(decoding: content, as: UTF8.self)
  }

  private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

  @Test(.enabled(if: hasScript, "needs script of util-linux"))
  func aTerminalHasALineBelowTheLog() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["max_iter": "400", "test_interval": "100"])
    let shown = try onTerminal(place, "")
    #expect(shown.contains(ProgressTests.erase + "\u{1B}[36m"), "\(shown.suffix(2000))")
    #expect(shown.contains("/400  "))
    // Log lines stand on lines of their own, and at the end the line is gone.
    for line in shown.split(whereSeparator: \.isNewline) where line.contains("] Iteration ") {
      // What erases begins with a return, which splits lines, too.
      let last = try #require(line.components(separatedBy: "\u{1B}[2K").last)
      #expect(last.hasPrefix("I"), "\(line)")
    }
    #expect(shown.contains(ProgressTests.erase + "I") && shown.contains("Optimization Done."))
    let plain = try onTerminal(place, "", variables: "NO_COLOR=1")
    #expect(plain.contains(ProgressTests.erase + "....") && !plain.contains("\u{1B}[36m"))
    let narrow = try onTerminal(place, columns: 20, "")
    let shares = narrow.split { $0.isNewline || $0 == "\u{1B}" }.filter { $0.contains(" %") }
    // "[2K" comes before each.
    #expect(!shares.isEmpty && shares.allSatisfy { $0.count - 3 < 20 }, "\(shares)")
  }

  @Test(.enabled(if: hasScript, "needs script of util-linux"))
  func thereIsNoLineWhereNobodyLooks() throws {
    let place = try TrainingFolder()
    for (flags, variables) in [
      ("--progress=never", ""), ("--quiet", ""), ("", "CI=true"), ("", "TERM=dumb"), ("2> file", "")
    ] {
      let shown = try onTerminal(place, flags, variables: variables)
      #expect(!shown.contains("\u{1B}"), "\(flags) \(variables)")
    }
    #expect(try !place.train().error.contains("\u{1B}"))
    let always = try place.train("--progress=always", "--quiet")
    #expect(always.error.hasPrefix(ProgressTests.erase) && !always.error.contains("Iteration"))
    #expect(always.error.hasSuffix(ProgressTests.erase))
    #expect(try place.train("--progress=maybe").status == 64)
  }
}
