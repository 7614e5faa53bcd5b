import CaffeCommand
import Testing

@Suite struct CommandLineWordsTests {
  private func words(_ line: String) -> CommandLineWords {
    CommandLineWords(line.split(separator: " ").map(String.init), booleans: ["shuffle", "logtostderr", "note"])
  }

  @Test(arguments: [
    "train --solver=x.prototxt", "train --solver x.prototxt", "train -solver x.prototxt", "train -solver=x.prototxt",
    "--solver=x.prototxt train", "-solver x.prototxt train"
  ])
  func allSpellingsOfAValueAreOne(line: String) {
    #expect(words(line).verbFirst == ["train", "--solver=x.prototxt"])
  }

  @Test(arguments: [
    ("--shuffle", "true"), ("-shuffle", "true"), ("--shuffle=true", "true"), ("--shuffle=1", "true"),
    ("--shuffle=t", "true"), ("--shuffle=Yes", "true"), ("--shuffle=false", "false"), ("--shuffle=0", "false"),
    ("--shuffle=f", "false"), ("--shuffle=no", "false"), ("--noshuffle", "false"), ("-noshuffle", "false")
  ])
  func allSpellingsOfABooleanAreOne(flag: String, value: String) {
    #expect(words("\(flag) images list").flagsFirst == ["--shuffle=\(value)", "images", "list"])
  }

  @Test func aFlagMayImplyItsValue() {
    func flags(_ line: String) -> [String] {
      CommandLineWords(line.split(separator: " ").map(String.init), booleans: [], implied: ["check_all": "yes"]).flags
    }
    #expect(flags("train --check-all") == ["--check_all=yes"])
    #expect(flags("train -check_all=7 x") == ["--check_all=7"])
    #expect(flags("--check_all train") == ["--check_all=yes"])
  }

  @Test func aBooleanOfAnotherValueIsLeftForTheParserToRefuse() {
    #expect(words("--shuffle=maybe").flags == ["--shuffle=maybe"])
  }

  @Test func aBooleanWhoseNameBeginsWithNoIsItself() {
    #expect(words("--note").flags == ["--note=true"])
  }

  @Test func aValueMayHoldEqualsSignsAndBeEmpty() {
    #expect(words("--stage=a=b,c --model= --snapshot=").flags == ["--stage=a=b,c"])
  }

  @Test func aNegativeNumberIsAValueAndAFlagIsNot() {
    #expect(words("--level -1").flags == ["--level=-1"])
    #expect(words("--solver --gpu 0").flags == ["--solver", "--gpu=0"])
  }

  @Test func dashesAndUnderscoresInNamesAreTheSame() {
    #expect(words("--log-dir=x -log_dir=y").flags == ["--log_dir=x", "--log_dir=y"])
  }

  @Test func everythingAfterTwoDashesIsWords() {
    #expect(words("tool -- --solver=x -").flagsFirst == ["--", "tool", "--solver=x", "-"])
  }

  @Test func helpTakesNoValue() {
    #expect(words("-help train").verbFirst == ["train", "--help"])
    #expect(words("-h train").verbFirst == ["train", "--help"])
    #expect(words("--version").verbFirst == ["--version"])
  }
}

@Suite struct FlagFileTests {
  private let files = [
    "a": "# a comment\n--solver=x\n\n  --gpu=0  \r\n--flagfile=b\n", "b": "--iterations=5", "loop": "--flagfile=loop"
  ]

  private func expand(_ arguments: [String]) throws -> [String] {
    try FlagFile.expand(arguments) { path in
      guard let text = files[path] else { throw Missing() }
      return text
    }
  }

  private struct Missing: Error {}

  @Test func aFileStandsForItsLines() throws {
    #expect(
      try expand(["train", "--flagfile=a", "--level=1"])
        == ["train", "--solver=x", "--gpu=0", "--iterations=5", "--level=1"])
    #expect(try expand(["-flagfile", "b", "train"]) == ["--iterations=5", "train"])
  }

  @Test func afterTwoDashesNothingIsAFlag() throws {
    #expect(try expand(["--", "--flagfile=a"]) == ["--", "--flagfile=a"])
  }

  @Test func aCircleAndAMissingNameAreErrors() {
    #expect(throws: (any Error).self) { try expand(["--flagfile=loop"]) }
    #expect(throws: (any Error).self) { try expand(["--flagfile"]) }
    #expect(throws: Missing.self) { try expand(["--flagfile=none"]) }
  }
}
