import CaffeTestSupport
import Foundation
import Testing

/// Scripts, run in a copy of the folders that they need.
@Suite struct ScriptTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for path in ["data/mnist", "examples"] {
      try FileManager.default.createDirectory(atPath: folder.file(path), withIntermediateDirectories: true)
    }
    let files = ["data/download.sh", "data/mnist/get_mnist.sh", "examples/mnist"]
    for file in files {
      try? FileManager.default.removeItem(atPath: folder.file(file))
      try FileManager.default.copyItem(atPath: "\(Fixtures.root)/\(file)", toPath: folder.file(file))
    }
  }

  private func run(
    _ script: String, _ arguments: [String] = [], from directory: String? = nil,
    with environment: [String: String] = [:]
  ) throws -> ScriptRun {
    try ScriptRun(script, arguments, in: folder, from: directory, with: environment)
  }

  private var mnist: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.file("data/mnist"))) ?? []
    return names.filter { $0 != "get_mnist.sh" && $0 != "README.md" && !$0.hasSuffix("ubyte") }
  }

  @Test func withoutAnyPlaceToGetMNISTTheRemedyIsNamed() throws {
    let result = try run("data/mnist/get_mnist.sh", with: ["MNIST_MIRRORS": "file:///no/such/place"])
    #expect(result.status == 1)
    #expect(result.output.contains("--synthetic") && result.output.contains("CAFFE_DATA_DIR"))
    #expect(mnist == [])
  }

  @Test func aWrongFileIsNotTaken() throws {
    let name = "train-images-idx3-ubyte"
    try FileManager.default.createDirectory(atPath: folder.file("mirror"), withIntermediateDirectories: false)
    // An empty gzip file, then a page in its place.
    let empty: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let faults = [
      (empty, "expected 6bbc9ace898e44ae57da46a324031adb"), (Array("<html>".utf8), "not a whole gzip")
    ]
    for (content, expected) in faults {
      try Data(content).write(to: URL(fileURLWithPath: folder.file("mirror/\(name).gz")))
      let result = try run("data/mnist/get_mnist.sh", with: ["MNIST_MIRRORS": "file://\(folder.file("mirror"))"])
      #expect(result.status == 1)
      #expect(result.output.contains(expected))
      #expect(!FileManager.default.fileExists(atPath: folder.file("data/mnist/\(name)")))
      #expect(mnist == [])
    }
  }

  @Test(.enabled(if: Fixtures.realData != nil, "set CAFFE_DATA_DIR to test with the real MNIST"))
  func theSecondMirrorIsTriedFromAnyFolder() throws {
    let mirrors = "file:///no/such/place file://\(try #require(Fixtures.realData))/mnist/"
    let result = try run("examples/mnist/get_mnist.sh", from: "examples/mnist", with: ["MNIST_MIRRORS": mirrors])
    #expect(result.status == 0, "\(result.output)")
    let again = try run("data/mnist/get_mnist.sh", with: ["MNIST_MIRRORS": "file:///no/such/place"])
    #expect(again.status == 0)
    #expect(again.output.contains("t10k-labels-idx1-ubyte is here already"))
    #expect(mnist == [])
  }

  @Test func unknownOptionsAreRefused() throws {
    let result = try run("data/mnist/get_mnist.sh", ["--snythetic"])
    #expect(result.status == 64 && result.output.contains("usage:"))
  }

  @Test func whatIsMissingIsNamed() throws {
    for script in ["create_mnist.sh", "train_lenet.sh", "train_lenet5.sh"] {
      let result = try run("examples/mnist/\(script)", from: "examples/mnist")
      #expect(result.status == 1 && result.output.contains("run scripts/build first"), "\(script)")
    }
    let backend = try run("examples/mnist/create_mnist.sh", with: ["BACKEND": "sqlite"])
    #expect(backend.status == 1 && backend.output.contains("use lmdb or leveldb"))
  }

  @Test func databasesAreReplacedOnlyByWholeOnes() throws {
    for file in ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"] {
      try Data().write(to: URL(fileURLWithPath: folder.file("data/mnist/\(file)-ubyte")))
    }
    let tool = folder.file("build/examples/mnist/convert_mnist_data.bin")
    try FileManager.default.createDirectory(
      atPath: folder.file("build/examples/mnist"), withIntermediateDirectories: true)
    let database = folder.file("examples/mnist/mnist_train_lmdb")
    func install(_ command: String) throws {
      try "#!/bin/sh\n\(command)\n".write(toFile: tool, atomically: true, encoding: .utf8)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: tool)
    }
    for content in ["first", "second"] {
      try install("mkdir \"$4\" && echo \(content) > \"$4/data.mdb\"")
      let result = try run("examples/mnist/create_mnist.sh")
      #expect(result.status == 0, "\(result.output)")
      #expect(try String(contentsOfFile: database + "/data.mdb", encoding: .utf8) == "\(content)\n")
    }
    try install("exit 1")
    #expect(try run("examples/mnist/create_mnist.sh").status == 1)
    #expect(try String(contentsOfFile: database + "/data.mdb", encoding: .utf8) == "second\n")
  }
}
