import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// The ImageNet tutorial on a hundred pictures, by its own scripts: convert, mean, train, go on, time, test, classify. CaffeNet in small batches,
/// and with small hidden layers, so that it takes seconds. Only where `CAFFE_DATA_DIR` has the pictures.
@Suite(.serialized) struct ImageNetTutorialTests {
  private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  private static let pictures = ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"].map { $0 + "/imagenet" }
  private static let model = "models/bvlc_reference_caffenet"
  private static let hasPictures = pictures.map { FileManager.default.fileExists(atPath: $0 + "/val.txt") } ?? false

  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let work = try WorkFolder()
    let program = URL(fileURLWithPath: try work.tool("caffe")).resolvingSymlinksInPath().path
    let files = FileManager.default
    for path in ["data/ilsvrc12", "examples/imagenet", "build/tools", Self.model] {
      try files.createDirectory(atPath: folder.file(path), withIntermediateDirectories: true)
    }
    for path in ["examples/imagenet", Self.model] {
      for name in try files.contentsOfDirectory(atPath: "\(Self.project)/\(path)")
      where name.hasSuffix(".sh") || name.hasSuffix(".prototxt") {
        try files.copyItem(atPath: "\(Self.project)/\(path)/\(name)", toPath: folder.file("\(path)/\(name)"))
      }
    }
    for tool in ["caffe", "convert_imageset", "compute_image_mean", "classification"] {
      try files.createSymbolicLink(atPath: folder.file("build/tools/\(tool)"), withDestinationPath: program)
    }
  }

  private func change(_ name: String, _ changes: [(String, String)]) throws {
    let path = "\(Self.model)/\(name)"
    var text = try String(contentsOfFile: folder.file(path), encoding: .utf8)
    for (pattern, new) in changes { text = text.replacing(try Regex(pattern).anchorsMatchLineEndings(), with: new) }
    try folder.write(text, to: path)
  }

  private func run(_ script: String, _ arguments: [String] = [], _ environment: [String: String] = [:]) throws -> String
  {
    let run = try ScriptRun(script, arguments, in: folder, with: environment)
    try #require(run.status == 0, "\(script) \(arguments): \(run.output.suffix(1000))")
    return run.output
  }

  @Test(.enabled(if: hasPictures, "set CAFFE_DATA_DIR to test with ImageNet's pictures"))
  func theTutorialRuns() throws {
    let pictures = try #require(Self.pictures)
    for list in ["train", "val"] {
      try FileManager.default.copyItem(atPath: "\(pictures)/val.txt", toPath: folder.file("data/ilsvrc12/\(list).txt"))
    }
    let roots = ["TRAIN_DATA_ROOT": "\(pictures)/images", "VAL_DATA_ROOT": "\(pictures)/images", "RESIZE": "true"]
    #expect(try run("examples/imagenet/create_imagenet.sh", [], roots).contains("Processed 100 files."))
    _ = try run("examples/imagenet/make_imagenet_mean.sh")
    let mean = try MeanImage(folder.file("data/ilsvrc12/imagenet_mean.binaryproto"))
    #expect(mean.shape == DatumShape(channels: 3, height: 256, width: 256))

    try change("train_val.prototxt", [("batch_size: [0-9]+", "batch_size: 4"), ("num_output: 4096", "num_output: 32")])
    try change("deploy.prototxt", [("num_output: 4096", "num_output: 32")])
    try change(
      "solver.prototxt",
      [
        ("^test_iter: .*$", "test_iter: 2"), ("^test_interval: .*$", "test_interval: 2"),
        ("^display: .*$", "display: 1"),
        ("^max_iter: .*$", "max_iter: 2"), ("^snapshot: .*$", "snapshot: 2")
      ])
    let trained = try run("examples/imagenet/train_caffenet.sh")
    let losses = trained.matches(of: /Iteration \d+ .*, loss = ([0-9.]+)/).compactMap { Float($0.output.1) }
    #expect(losses.count == 2 && losses.allSatisfy { (6...8).contains($0) }, "\(trained.suffix(2000))")
    #expect(trained.contains("Optimization Done."))

    try change("solver.prototxt", [("^max_iter: .*$", "max_iter: 3")])
    let state = "\(Self.model)/caffenet_train_iter_2.solverstate"
    let resumed = try run("examples/imagenet/resume_training.sh", [state])
    #expect(
      resumed.contains("Iteration 2") && !resumed.contains("Iteration 1 ") && resumed.contains("Optimization Done."))
    let net = "--model=\(Self.model)/train_val.prototxt"
    #expect(try run("build/tools/caffe", ["time", net, "--iterations=1"]).contains("Average Forward-Backward"))
    let weights = "\(Self.model)/caffenet_train_iter_3.caffemodel"
    let tested = try run("build/tools/caffe", ["test", net, "--weights=\(weights)", "--iterations=2"])
    #expect(tested.contains("accuracy = ") && tested.contains("loss = "))

    let first = try #require(
      try String(contentsOfFile: "\(pictures)/val.txt", encoding: .utf8).split(separator: " ").first)
    let classified = try run(
      "build/tools/classification",
      [
        "\(Self.model)/deploy.prototxt", weights, "data/ilsvrc12/imagenet_mean.binaryproto",
        "\(pictures)/synset_words.txt",
        "\(pictures)/images/\(first)"
      ])
    let lines = classified.split(separator: "\n").filter { $0.hasPrefix("0.0") && $0.contains(" - \"n") }
    #expect(lines.count == 5, "\(classified)")
  }
}
