import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// The scripts of `examples/` and `data/`, run in a copy of these folders with a program that only notes how it is called.
@Suite struct ExampleScriptsTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let files = FileManager.default
    for area in ["data", "examples"] {
      let found = files.enumerator(atPath: "\(Project.root)/\(area)")?.compactMap { $0 as? String } ?? []
      for name in found where name.hasSuffix(".sh") || name.hasSuffix("lenet_train_test.prototxt") {
        let path = "\(area)/\(name)"
        try files.createDirectory(
          atPath: (folder.file(path) as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try files.copyItem(atPath: "\(Project.root)/\(path)", toPath: folder.file(path))
      }
    }
  }

  private func run(
    _ script: String, _ arguments: [String] = [], from directory: String? = nil,
    with environment: [String: String] = [:]
  ) throws -> ScriptRun {
    try ScriptRun(script, arguments, in: folder, from: directory, with: environment)
  }

  /// A program that prints how it is called, then does `command`.
  private func install(_ tool: String, _ command: String = ":") throws {
    let path = folder.file("build/\(tool)")
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try "#!/bin/sh\necho called: \"$@\"\n\(command)\n".write(toFile: path, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  private func make(_ files: [String]) throws {
    for file in files { try folder.write("", to: file) }
  }

  private static let trainers = [
    "examples/cifar10/train_quick.sh", "examples/cifar10/train_full.sh", "examples/cifar10/train_full_sigmoid.sh",
    "examples/cifar10/train_full_sigmoid_bn.sh", "examples/siamese/train_mnist_siamese.sh",
    "examples/mnist/train_mnist_autoencoder.sh", "examples/mnist/train_mnist_autoencoder_nesterov.sh",
    "examples/mnist/train_mnist_autoencoder_adagrad.sh", "examples/mnist/train_mnist_autoencoder_adadelta.sh",
    "examples/imagenet/train_caffenet.sh"
  ]

  @Test(arguments: trainers)
  func trainersNeedTheProgramAndNameASolverThatIsThere(_ script: String) throws {
    let without = try run(script)
    #expect(without.status == 1 && without.output.contains("run scripts/build first"))
    try install("tools/caffe")
    let result = try run(script, ["--threads=1"], from: "examples/mnist")
    let line = try #require(result.output.split(separator: "\n").first { $0.hasPrefix("called: train --solver=") })
    #expect(line.hasSuffix(" --threads=1"))
    let solver = line.dropFirst("called: train --solver=".count).prefix { $0 != " " }
    #expect(FileManager.default.fileExists(atPath: "\(Project.root)/\(solver)"), "\(solver)")
  }

  @Test func stagesGoOnFromTheSnapshotOfTheOneBefore() throws {
    try install("tools/caffe")
    let stopped = try run("examples/cifar10/train_quick.sh")
    #expect(stopped.status == 1 && stopped.output.contains("ended without"))
    try make([
      "examples/cifar10/cifar10_quick_iter_4000.solverstate", "examples/cifar10/cifar10_full_iter_60000.solverstate.h5",
      "examples/cifar10/cifar10_full_iter_65000.solverstate.h5"
    ])
    let quick = try run("examples/cifar10/train_quick.sh")
    #expect(quick.status == 0)
    #expect(
      quick.output.hasSuffix(
        "called: train --solver=examples/cifar10/cifar10_quick_solver_lr1.prototxt "
          + "--snapshot=examples/cifar10/cifar10_quick_iter_4000.solverstate\n"))
    let full = try run("examples/cifar10/train_full.sh")
    #expect(full.status == 0 && full.output.split(separator: "\n").count == 3)
    #expect(
      full.output.hasSuffix(
        "called: train --solver=examples/cifar10/cifar10_full_solver_lr2.prototxt "
          + "--snapshot=examples/cifar10/cifar10_full_iter_65000.solverstate.h5\n"))
  }

  @Test func resumingNeedsAStateAndTakesAnother() throws {
    try install("tools/caffe")
    let missing = try run("examples/imagenet/resume_training.sh")
    #expect(missing.status == 1 && missing.output.contains("caffenet_train_iter_10000.solverstate"))
    try make(["other.solverstate"])
    let other = try run("examples/imagenet/resume_training.sh", ["other.solverstate", "--threads=1"])
    #expect(other.status == 0 && other.output.hasSuffix(" --snapshot=other.solverstate --threads=1\n"))
  }

  @Test func withoutAnyPlaceToGetItTheRemedyIsNamed() throws {
    let nowhere = "file:///no/such/place"
    let cifar = try run("data/cifar10/get_cifar10.sh", with: ["CIFAR_MIRRORS": nowhere])
    #expect(cifar.status == 1 && cifar.output.contains("--synthetic") && cifar.output.contains("CAFFE_DATA_DIR"))
    let lists = try run("data/ilsvrc12/get_ilsvrc_aux.sh", with: ["ILSVRC_MIRRORS": nowhere])
    #expect(lists.status == 1 && lists.output.contains("make_imagenet_mean.sh"))
    for place in ["cifar10", "ilsvrc12"] {
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("data/\(place)"))
      #expect(left.count == 1, "\(left)")
    }
  }

  @Test func aWrongArchiveIsNotTaken() throws {
    try folder.write("<html>", to: "cifar-10-binary.tar.gz")
    try folder.write("<html>", to: "caffe_ilsvrc12.tar.gz")
    let mirrors = "file://\(folder.path)"
    let cifar = try run("data/cifar10/get_cifar10.sh", with: ["CIFAR_MIRRORS": mirrors])
    #expect(cifar.status == 1 && cifar.output.contains("expected c32a1d4ab5d03f1284b67883e8d87530"))
    let lists = try run("data/ilsvrc12/get_ilsvrc_aux.sh", with: ["ILSVRC_MIRRORS": mirrors])
    #expect(lists.status == 1 && lists.output.contains("expected f963098ea0e785a968ca1eb634003a90"))
    #expect(try run("data/cifar10/get_cifar10.sh", ["--snythetic"]).status == 64)
  }

  @Test func syntheticPicturesComeFromTheProgram() throws {
    try install("tools/caffe")
    let result = try run("data/cifar10/get_cifar10.sh", ["--synthetic"], with: ["CIFAR_TRAIN": "10"])
    #expect(result.status == 0 && result.output.contains("called: cifar --train=10 --test=10000 --seed=1 --out="))
    #expect(result.output.contains("not CIFAR-10"))
  }

  @Test func cifarDatabasesAreReplacedOnlyByWholeOnes() throws {
    let script = "examples/cifar10/create_cifar10.sh"
    try make((CIFARBatch.trainingNames + [CIFARBatch.testName]).map { "data/cifar10/\($0)" })
    #expect(try run(script).output.contains("run scripts/build first"))
    try install("tools/compute_image_mean", "echo mean > \"$3\"")
    for content in ["first", "second"] {
      try install(
        "examples/cifar10/convert_cifar_data.bin",
        "for set in train test; do mkdir \"$2/cifar10_${set}_$3\"; echo \(content) > \"$2/cifar10_${set}_$3/data.mdb\"; done"
      )
      let result = try run(script, from: "examples/cifar10")
      #expect(result.status == 0, "\(result.output)")
      let made = try String(contentsOfFile: folder.file("examples/cifar10/cifar10_test_lmdb/data.mdb"), encoding: .utf8)
      #expect(made == "\(content)\n")
    }
    try install("tools/compute_image_mean", "exit 1")
    let before = try FileManager.default.contentsOfDirectory(atPath: folder.file("examples/cifar10")).sorted()
    #expect(try run(script).status == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("examples/cifar10")).sorted() == before)
    #expect(before.contains("mean.binaryproto") && before.contains("cifar10_train_lmdb"))
    #expect(try run(script, with: ["BACKEND": "sqlite"]).output.contains("use lmdb or leveldb"))
  }

  @Test func imagenetsVariablesComeFromOutside() throws {
    let script = "examples/imagenet/create_imagenet.sh"
    try install("tools/convert_imageset")
    #expect(try run(script).output.contains("set TRAIN_DATA_ROOT"))
    try make(["data/ilsvrc12/train.txt", "data/ilsvrc12/val.txt"])
    let places = ["TRAIN_DATA_ROOT": folder.path, "VAL_DATA_ROOT": "data"]
    let plain = try run(script, from: "data", with: places)
    #expect(plain.status == 0 && plain.output.contains("--resize_height=0 --resize_width=0 --shuffle \(folder.path)/ "))
    #expect(plain.output.contains(" data/ data/ilsvrc12/val.txt examples/imagenet/ilsvrc12_val_lmdb\n"))
    let resized = try run(script, with: places.merging(["RESIZE": "true"]) { $1 })
    #expect(resized.output.contains("--resize_height=256 --resize_width=256 --shuffle"))
    #expect(try run(script, with: places.merging(["RESIZE": "yes"]) { $1 }).output.contains("true or false"))
    let mean = try run("examples/imagenet/make_imagenet_mean.sh")
    #expect(mean.status == 1 && mean.output.contains("run scripts/build first"))
  }
}
