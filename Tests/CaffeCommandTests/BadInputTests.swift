import Foundation
import Testing

/// Bad input ends a command with one clear line, exit status 1, and nothing half-written.
@Suite(.serialized) struct BadInputTests {
  private func expectError(
    _ run: CommandRun, _ texts: String..., status: Int32 = 1, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let last = run.error.split(separator: "\n").last.map(String.init) ?? ""
    #expect(run.status == status, "\(last)", sourceLocation: sourceLocation)
    #expect(last.hasPrefix("caffe: error: "), "\(last)", sourceLocation: sourceLocation)
    for text in texts {
      #expect(last.contains(text), "\"\(text)\" isn't in: \(last)", sourceLocation: sourceLocation)
    }
  }

  @Test func aMissingDatabase() throws {
    let place = try TrainingFolder()
    try place.writeNet(database: "nowhere_lmdb")
    expectError(try place.train(), "nowhere_lmdb")
    #expect(!place.folder.exists("nowhere_lmdb"))
  }

  @Test func aLabelBeyondTheOutputsNamesTheRecord() throws {
    let place = try TrainingFolder()
    try place.writeNet(outputs: 3)
    expectError(try place.train(), "label", "key 000000", "test_lmdb")
  }

  @Test func aLossThatIsNoNumberIsAStatusOfItsOwn() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["base_lr": "3e38"])
    expectError(try place.train(), "isn't finite", "at iteration", "layer \"ip\"", status: 2)
    let warned = try place.train("--on-nan=warn")
    #expect(warned.status == 0 && warned.error.contains("] the loss is"), "\(warned.error.suffix(500))")
    let wrong = try place.train("--on_nan", "perhaps")
    #expect(wrong.status == 64 && wrong.error.contains("perhaps"))
  }

  @Test func anUnknownTypeListsNearNames() throws {
    let place = try TrainingFolder()
    try place.writeNet(layers: "layer { name: \"c\" type: \"Convolutoin\" bottom: \"data\" top: \"c\" }")
    expectError(try place.train(), "net.prototxt:", "Convolutoin", "\"Convolution\"")
  }

  @Test func aKernelLargerThanItsInput() throws {
    let place = try TrainingFolder()
    try place.writeNet(
      layers: """
        layer {
          name: "big" type: "Convolution" bottom: "data" top: "big"
          convolution_param { num_output: 1 kernel_size: 50 }
        }
        """)
    expectError(try place.train(), "\"big\"", "50", "28")
  }

  @Test func aTrainingWithoutALength() throws {
    let place = try TrainingFolder()
    try place.writeNet()
    for length in ["0", "-5"] {
      try place.writeSolver(["max_iter": length])
      expectError(
        try place.train(), "solver.prototxt: max_iter: \(length) in the solver; say for how many iterations to train")
    }
    try place.writeSolver(["max_iter": nil])
    expectError(try place.train(), "solver.prototxt: the solver has no max_iter; say for how many iterations to train")
  }

  @Test func aModelGivenAsSnapshot() throws {
    let place = try TrainingFolder()
    try #require(try place.train().status == 0)
    expectError(try place.train("--snapshot=small_iter_20.caffemodel"), "small_iter_20.caffemodel", "solverstate")
  }

  @Test(arguments: [
    ("", "empty"), ("<!DOCTYPE html><html></html>", "web page"),
    ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git-lfs")
  ])
  func weightsThatAreSomethingElse(content: String, text: String) throws {
    let place = try TrainingFolder()
    try place.folder.write(content, to: "w.caffemodel")
    expectError(
      try CommandRun(["test", "--model=net.prototxt", "--weights=w.caffemodel"], in: place.folder), "w.caffemodel", text
    )
  }

  @Test func truncatedWeightsAndThoseOfAnotherShape() throws {
    let place = try TrainingFolder()
    try #require(try place.train().status == 0)
    let whole = try Data(contentsOf: URL(fileURLWithPath: place.folder.path("small_iter_40.caffemodel")))
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: place.folder.path("half.caffemodel")))
    expectError(
      try CommandRun(["test", "--model=net.prototxt", "--weights=half.caffemodel"], in: place.folder), "half.caffemodel"
    )
    try place.writeNet(outputs: 11)
    expectError(
      try CommandRun(["test", "--model=net.prototxt", "--weights=small_iter_40.caffemodel"], in: place.folder),
      "\"ip\"", "10", "11")
  }

  @Test func aSnapshotFolderThatCannotBe() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["snapshot_prefix": "\"net.prototxt/small\""])
    expectError(try place.train(), "net.prototxt")
  }

  @Test func testIterationsWithoutATestNet() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["net": nil, "train_net": "\"net.prototxt\""])
    expectError(try place.train(), "test_iter")
  }

  @Test func aLossThatIsNoNumberHasAStatusOfItsOwn() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["base_lr": "3e38", "max_iter": "200"])
    expectError(try place.train(), "iteration", "base_lr", status: 2)
  }

  @Test func aDatabaseMayHaveANameOfOneLetter() throws {
    let place = try TrainingFolder()
    let run = try CommandRun(
      "convert_mnist_data", ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "x"], in: place.folder)
    #expect(run.status == 0 && place.folder.exists("x/data.mdb"))
  }

  @Test func filesOfMNISTThatAreWrong() throws {
    let place = try TrainingFolder()
    let images = place.folder.path("train-images-idx3-ubyte")
    func convert(_ images: String, _ labels: String) throws -> CommandRun {
      try CommandRun("convert_mnist_data", [images, labels, "new_lmdb"], in: place.folder)
    }
    let labels = "train-labels-idx1-ubyte"
    for (run, text) in [
      (try convert(labels, labels), "train-labels-idx1-ubyte"), (try convert("missing", labels), "missing"),
      (try convert("train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"), "256")
    ] {
      #expect(run.status == 1 && run.error.contains(text), "\(run.error)")
    }
    let whole = try Data(contentsOf: URL(fileURLWithPath: images))
    try whole.dropLast(10).write(to: URL(fileURLWithPath: images))
    let truncated = try convert("train-images-idx3-ubyte", labels)
    #expect(truncated.status == 1 && truncated.error.contains("truncated"))
    #expect(!place.folder.exists("new_lmdb"))
    let backend = try CommandRun(
      "convert_mnist_data", ["--backend=sql", images, labels, "new_lmdb"], in: place.folder)
    #expect(backend.status == 64 && backend.error.contains("sql"))
  }
}
