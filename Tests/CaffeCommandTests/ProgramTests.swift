import Foundation
import Testing

@Suite struct ProgramTests {
  let folder: WorkFolder
  init() throws { folder = try WorkFolder() }

  @Test func versionAndHelpAreAnswered() throws {
    let version = try CommandRun(["--version"], in: folder)
    #expect(version.status == 0 && version.output.hasPrefix("caffe version "))
    for arguments in [["--help"], ["-help"], ["help"]] {
      let help = try CommandRun(arguments, in: folder)
      #expect(help.status == 0 && help.output.contains("train") && help.output.contains("device_query"))
    }
    let train = try CommandRun(["train", "--help"], in: folder)
    #expect(train.status == 0 && train.output.contains("--sigint_effect") && train.output.contains("--log_dir"))
  }

  @Test func noCommandAndAnUnknownOneAreFlagErrors() throws {
    let none = try CommandRun([], in: folder)
    #expect(none.status == 64 && none.error.contains("no command given") && none.error.contains("Usage: caffe"))
    let wrong = try CommandRun(["trian", "--solver=x"], in: folder)
    #expect(wrong.status == 64)
    #expect(wrong.error.contains("there is no command \"trian\"; commands: train, test, time, "))
    #expect(wrong.error.contains("; did you mean \"train\"?"))
  }

  @Test func anUnknownFlagNamesNearOnesAndTheUsage() throws {
    let run = try CommandRun(["train", "-solvr", "x"], in: folder)
    #expect(run.status == 64)
    #expect(run.error.hasPrefix("caffe: error: Unknown option '--solvr"))
    #expect(run.error.contains("'--solver'") && run.error.contains("Usage: caffe train"))
  }

  @Test(arguments: [
    (["train"], "Need a solver definition to train."),
    (["test", "--weights=x"], "Need a model definition to score."),
    (["test", "--model=x"], "Need model weights to score."),
    (["time"], "Need a model definition to time."),
    (["train", "--solver=x", "--snapshot=y", "--weights=z"], "but not both"),
    (["time", "--model=x", "--iterations=0"], "--iterations=0"),
    (["time", "--model=x", "--phase=LEARN"], "TRAIN"),
    (["train", "--solver=x", "--sigint_effect=explode"], "explode"),
    (["train", "--solver=x", "--lenient=perhaps"], "perhaps"),
    (["train", "--flagfile=missing"], "missing")
  ])
  func flagErrorsSayWhatIsWrong(arguments: [String], text: String) throws {
    let run = try CommandRun(arguments, in: folder)
    #expect(run.status == 64)
    #expect(run.error.hasPrefix("caffe: error: ") && run.error.contains(text), "\(run.error)")
    #expect(run.error.contains("Usage: caffe"))
  }

  @Test func aFlagOfAnotherCommandIsTaken() throws {
    let run = try CommandRun(["time", "--solver=x", "--model=missing.prototxt"], in: folder)
    #expect(run.status == 1 && run.error.contains("missing.prototxt"))
  }

  @Test func deviceQueryDescribesTheProcessor() throws {
    let run = try CommandRun(["device_query"], in: folder)
    #expect(run.status == 0)
    for title in ["Processor", "Cores", "SIMD", "Memory", "Engine", "GPU"] { #expect(run.output.contains(title)) }
  }

  @Test func aToolOfALaterVersionSaysSo() throws {
    let run = try CommandRun("train_net.bin", ["a", "b", "c"], in: folder)
    #expect(run.status == 1)
    #expect(run.error == "train_net: error: train_net isn't part of this version yet\n")
  }

  @Test func faultsInAPrototxtHaveTheirPlaceOnOneLine() throws {
    try folder.write("name: \"a\"\nlayer {\n  nmae: \"b\"\n}\n", to: "net.prototxt")
    let run = try CommandRun(["time", "--model=net.prototxt"], in: folder)
    #expect(run.status == 1)
    #expect(run.error.contains("caffe: error: net.prototxt:3:3: ") && run.error.contains("\"name\""))
  }

  @Test func lenientSkipsUnknownFieldsWithAWarning() throws {
    try folder.write("name: \"a\"\nfancy: 1\n", to: "net.prototxt")
    let run = try CommandRun("upgrade_net_proto_text", ["--lenient", "net.prototxt", "new.prototxt"], in: folder)
    #expect(run.status == 0 && run.error.contains("fancy"))
    #expect(try String(contentsOfFile: folder.path("new.prototxt"), encoding: .utf8) == "name: \"a\"\n")
  }

  @Test func oldNetsAndSolversAreUpgraded() throws {
    try folder.write(
      "layers { name: \"ip\" type: INNER_PRODUCT bottom: \"x\" top: \"y\" blobs_lr: 2 inner_product_param { num_output: 3 } }",
      to: "net.prototxt")
    let net = try CommandRun("upgrade_net_proto_text.bin", ["net.prototxt", "new.prototxt"], in: folder)
    #expect(net.status == 0)
    let text = try String(contentsOfFile: folder.path("new.prototxt"), encoding: .utf8)
    #expect(text.contains("type: \"InnerProduct\"") && text.contains("lr_mult: 2"))

    try folder.write("net: \"n\"\nsolver_type: ADAM\n", to: "solver.prototxt")
    let solver = try CommandRun("upgrade_solver_proto_text", ["solver.prototxt", "new_solver.prototxt"], in: folder)
    #expect(solver.status == 0)
    #expect(
      try String(contentsOfFile: folder.path("new_solver.prototxt"), encoding: .utf8)
        == "net: \"n\"\ntype: \"Adam\"\n")
  }

  @Test func anUpgradeThatFailsWritesNothing() throws {
    try folder.write("layer { name: \"a\"", to: "net.prototxt")
    let run = try CommandRun("upgrade_net_proto_text", ["net.prototxt", "new.prototxt"], in: folder)
    #expect(run.status == 1 && !folder.exists("new.prototxt"))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func completesForEveryShell(_ shell: String) throws {
    let run = try CommandRun(["completion", shell], in: folder)
    #expect(run.status == 0 && run.output.contains("caffe") && run.output.contains("train"), "\(run.error)")
  }

  @Test func writesAManualPageForEveryCommand() throws {
    let run = try CommandRun(["manual", "--out=man"], in: folder)
    #expect(run.status == 0, "\(run.error)")
    let page = try String(contentsOfFile: folder.path("man/caffe-train.1"), encoding: .utf8)
    #expect(page.contains(".TH CAFFE\\-TRAIN 1") && page.contains("SYNOPSIS") && page.contains("solver"))
    #expect(folder.exists("man/caffe.1") && folder.exists("man/caffe-draw.1"))
  }
}
