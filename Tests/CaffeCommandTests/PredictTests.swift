import Caffe
import Foundation
import Testing

/// Pictures of two colours and a net that tells them apart.
struct PredictTests {
  let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    try FileManager.default.createDirectory(atPath: folder.path("pictures/inner"), withIntermediateDirectories: true)
    try picture(blue: 200, red: 40).write(to: folder.path("pictures/blue.png"))
    try picture(blue: 30, red: 220).write(to: folder.path("pictures/inner/red.png"))
    try folder.write("blue things\nred things\n", to: "labels.txt")
    try folder.write(
      """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 4 dim: 4 } } }
      layer { name: "pool" type: "Pooling" bottom: "data" top: "pool" pooling_param { pool: AVE global_pooling: true } }
      layer { name: "ip" type: "InnerProduct" bottom: "pool" top: "ip"
        inner_product_param { num_output: 2 bias_term: false } }
      """, to: "deploy.prototxt")
    let net = try Net(file: folder.path("deploy.prototxt"), context: Context(phase: .test))
    // The first class is the mean of blue, the second that of red.
    try net.learnable[0].blob.setData([1, 0, 0, 0, 0, 1])
    try net.saveWeights(file: folder.path("net.caffemodel"), format: .binary)
  }

  private func picture(blue: UInt8, red: UInt8) -> Picture {
    Picture(height: 6, width: 5, channels: 3, pixels: (0..<30).flatMap { _ in [blue, 0, red] })
  }

  private func writeMean(_ values: [Float]) throws {
    var blob = BlobProto()
    blob.shape.dim = [1, 3, 2, 2]
    blob.data = values.flatMap { [$0 - 1, $0 + 1, $0, $0] }
    try BinaryProto.write(blob, file: folder.path("mean.binaryproto"))
  }

  @Test func classificationPrintsAsTheOriginal() throws {
    try writeMean([10, 20, 30])
    let run = try CommandRun(
      "classification.bin",
      ["deploy.prototxt", "net.caffemodel", "mean.binaryproto", "labels.txt", "pictures/blue.png"], in: folder)
    #expect(run.status == 0)
    #expect(
      run.output == """
        ---------- Prediction for pictures/blue.png ----------
        190.0000 - "blue things"
        10.0000 - "red things"

        """)
    let few = try CommandRun("classification", ["deploy.prototxt"], in: folder)
    #expect(few.status == 64)
    try folder.write("one\n", to: "labels.txt")
    let labels = try CommandRun(
      "classification",
      ["deploy.prototxt", "net.caffemodel", "mean.binaryproto", "labels.txt", "pictures/blue.png"], in: folder)
    #expect(labels.status == 1 && labels.error.contains("the file has 1 labels, the net gives 2 scores"))
  }

  private let net = ["--model=deploy.prototxt", "--weights=net.caffemodel"]

  @Test func foldersAreSearchedAndTablesPrinted() throws {
    let run = try CommandRun(
      ["predict", "pictures"] + net + ["--labels=labels.txt", "--mean=10,0,20", "--top=1"], in: folder)
    #expect(run.status == 0)
    #expect(
      run.output == "pictures/blue.png\n  190.0000  blue things\npictures/inner/red.png\n  200.0000  red things\n")
  }

  @Test func jsonHasAllThatTheTableHas() throws {
    let run = try CommandRun(
      ["predict", "pictures/inner/red.png"] + net + ["--json", "--input-scale=0.5", "--channel_order=rgb"], in: folder)
    let entries = try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(entries.count == 1)
    #expect(entries[0]["file"] as? String == "pictures/inner/red.png")
    let guesses = try #require(entries[0]["predictions"] as? [[String: Any]])
    #expect(guesses.map { $0["index"] as? Int } == [0, 1])
    #expect(guesses.map { $0["score"] as? Double } == [110, 15])
  }

  @Test func whatTravelsWithTheModelCounts() throws {
    var preprocessing = Preprocessing()
    preprocessing.mean = [100, 0, 0]
    preprocessing.scale = 2
    try preprocessing.write(beside: folder.path("net.caffemodel"))
    let run = try CommandRun(["predict", "pictures/blue.png"] + net, in: folder)
    #expect(run.output.contains("200.0000  class 0"))
    let flags = try CommandRun(["predict", "pictures/blue.png", "--mean=0"] + net, in: folder)
    #expect(flags.output.contains("400.0000  class 0"))
    try folder.write("{ \"height\": \"tall\" }", to: "net.caffemodel.preprocess.json")
    let damaged = try CommandRun(["predict", "pictures/blue.png"] + net, in: folder)
    #expect(damaged.status == 1 && damaged.error.contains("net.caffemodel.preprocess.json"))
  }

  @Test func badPicturesAreSaidAndTheOthersDone() throws {
    try folder.write("<html>", to: "pictures/page.jpg")
    let run = try CommandRun(["predict", "pictures", "--batch=2", "--top=1"] + net, in: folder)
    #expect(run.status == 1)
    #expect(run.output.contains("blue.png") && run.output.contains("red.png") && !run.output.contains("page.jpg"))
    #expect(run.error.contains("page.jpg: this file is a web page"))
    #expect(run.error.contains("1 of 3 pictures couldn't be read"))
  }

  @Test(arguments: [
    (["--top=0"], "--top=0"), (["--resize=big"], "HEIGHTxWIDTH"), (["--exif=maybe"], "maybe"),
    (["--output=none"], "no blob \"none\""),
    (["--mean=1,2"], "2 mean values"), (["--mean=nothing.binaryproto"], "nothing.binaryproto")
  ])
  func flagErrorsSayWhatIsWrong(flags: [String], text: String) throws {
    let run = try CommandRun(["predict", "pictures"] + net + flags, in: folder)
    #expect(run.status != 0 && run.error.contains(text))
  }

  @Test func whatIsMissingIsSaid() throws {
    #expect(try CommandRun(["predict", "pictures"], in: folder).error.contains("Need a net to predict with"))
    #expect(try CommandRun(["predict"] + net, in: folder).error.contains("Need pictures to predict"))
    #expect(try CommandRun(["predict", "none.jpg"] + net, in: folder).error.contains("none.jpg"))
  }
}

struct DeployTests {
  let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    for index in 0..<4 {
      let pixels = (0..<(8 * 6 * 3)).map { UInt8(($0 * (index + 3)) % 256) }
      try Picture(height: 8, width: 6, channels: 3, pixels: pixels).write(to: folder.path("p\(index).png"))
    }
    try folder.write((0..<4).map { "p\($0).png \($0 % 2)\n" }.joined(), to: "list.txt")
    try folder.write(
      """
      layer { name: "data" type: "ImageData" top: "data" top: "label"
        transform_param { crop_size: 4 scale: 0.01 mean_value: 10 mean_value: 20 mean_value: 30 }
        image_data_param { source: "list.txt" batch_size: 2 new_height: 8 new_width: 8 } }
      layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
        inner_product_param { num_output: 2 weight_filler { type: "xavier" } } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
      """, to: "train_val.prototxt")
    try folder.write(
      """
      net: "train_val.prototxt" base_lr: 0.01 lr_policy: "fixed" max_iter: 3 snapshot_prefix: "run"
      """, to: "solver.prototxt")
  }

  private func preprocessing(_ name: String) throws -> Preprocessing {
    try #require(try Preprocessing.beside(folder.path(name)))
  }

  @Test func preprocessingTravelsWithSnapshotsAndDeployedNets() throws {
    #expect(try CommandRun(["train", "--solver=solver.prototxt"], in: folder).status == 0)
    let found = try preprocessing("run_iter_3.caffemodel")
    #expect(found.height == 4 && found.width == 4 && found.channels == 3)
    #expect(found.resizeHeight == 8 && found.resizeWidth == 8)
    #expect(found.mean == [10, 20, 30] && found.scale == 0.01)
    let deploy = try CommandRun(["deploy", "--model=train_val.prototxt", "--out=deploy.prototxt"], in: folder)
    #expect(deploy.status == 0)
    #expect(try preprocessing("deploy.prototxt") == found)
    let predict = try CommandRun(
      ["predict", "p0.png", "--model=deploy.prototxt", "--weights=run_iter_3.caffemodel", "--json"], in: folder)
    #expect(predict.status == 0 && predict.output.contains("\"index\" : 0"))
  }

  @Test func theShapeIsTakenFromWhatIsThere() throws {
    try FileManager.default.removeItem(atPath: folder.path("list.txt"))
    let guessed = try CommandRun(["deploy", "--model=train_val.prototxt", "--out=deploy.prototxt"], in: folder)
    #expect(guessed.status == 0)
    #expect(
      try NetReader.readNet(file: folder.path("deploy.prototxt")).net.layer[0].inputParam.shape[0].dim == [1, 3, 4, 4])
    let given = try CommandRun(
      ["deploy", "--model=train_val.prototxt", "--out=deploy.prototxt", "--shape=5,3,2,2"], in: folder)
    #expect(given.status == 0)
    #expect(
      try NetReader.readNet(file: folder.path("deploy.prototxt")).net.layer[0].inputParam.shape[0].dim == [5, 3, 2, 2])
  }

  @Test(arguments: [
    ([], "Need the net"), (["--model=train_val.prototxt"], "Need a name"),
    (["--model=no.prototxt", "--out=x"], "no.prototxt"),
    (["--model=train_val.prototxt", "--out=x", "--shape=1,a"], "--shape=1,a")
  ])
  func whatIsWrongIsSaid(flags: [String], text: String) throws {
    let run = try CommandRun(["deploy"] + flags, in: folder)
    #expect(run.status != 0 && run.error.contains(text))
    #expect(!folder.exists("x"))
  }
}
