import Caffe
import Foundation
import Testing

struct ExtractFeaturesTests {
  let place: TrainingFolder

  init() throws {
    place = try TrainingFolder(train: 20, test: 100)
    try place.writeSolver(["max_iter": "1", "test_iter": "1"])
    try #require(try place.train().status == 0)
  }

  private func run(_ arguments: String...) throws -> CommandRun {
    try CommandRun("extract_features.bin", arguments, in: place.folder)
  }

  private func count(_ name: String, _ backend: RecordBackend) throws -> Int {
    let reader = try RecordStore.open(place.folder.path(name), backend: backend)
    var count = 0
    while try reader.next() { count += 1 }
    return count
  }

  @Test func theOriginalsArgumentsAndWords() throws {
    let run = try run("small_iter_1.caffemodel", "net.prototxt", "ip,label", "a,b", "1", "leveldb", "GPU", "0")
    #expect(run.status == 0, "\(run.error)")
    for words in [
      "extracting on the CPU", "Extracting Features",
      "Extracted features of 50 query images for feature blob ip", "Successfully extracted the features!"
    ] {
      #expect(run.error.contains(words), "\(run.error.suffix(2000))")
    }
    #expect(try count("a", .leveldb) == 50 && count("b", .leveldb) == 50)
  }

  @Test func flagsAndOneEpoch() throws {
    let run = try CommandRun(
      [
        "extract_features", "--model=net.prototxt", "--weights=small_iter_1.caffemodel", "--blobs=ip,label",
        "--out=all.h5",
        "-backend", "hdf5"
      ], in: place.folder)
    #expect(run.status == 0, "\(run.error)")
    let file = try HDF5File.open(place.folder.path("all.h5"))
    #expect(try file.dataset("ip").shape == [100, 10] && file.dataset("label").shape == [100])
    #expect(try self.run("small_iter_1.caffemodel", "net.prototxt", "ip", "x", "epoch").status == 0)
    #expect(try count("x", .lmdb) == 100)
  }

  @Test func wrongInputEndsInAnErrorAndNothing() throws {
    let weights = "small_iter_1.caffemodel"
    for (arguments, status, words) in [
      ([weights, "net.prototxt", "ip"], 64, "names to write to"), ([], 64, "Need a net"),
      ([weights, "net.prototxt", "ip", "out", "0", "lmdb"], 64, "\"0\" batches"),
      ([weights, "net.prototxt", "ip", "out", "1", "sqlite"], 64, "sqlite"),
      ([weights, "net.prototxt", "ip", "out", "1", "lmdb", "TPU"], 64, "TPU"),
      ([weights, "net.prototxt", "ip,label", "out", "1", "lmdb"], 64, "one name for each blob"),
      ([weights, "net.prototxt", "ip,label", "out,out", "1", "lmdb"], 64, "named twice"),
      (["--model=net.prototxt", "--blobs=ip", "--out=out"], 64, "Need weights"),
      ([weights, "net.prototxt", "pi", "out", "1", "lmdb"], 1, "did you mean \"ip\"?"),
      (["missing.caffemodel", "net.prototxt", "ip", "out", "1", "lmdb"], 1, "missing.caffemodel"),
      ([weights, "net.prototxt", "ip", "nowhere/out", "1", "lmdb"], 1, "nowhere"),
      ([weights, "net.prototxt", "ip", "train_lmdb", "1", "lmdb"], 1, "already exists")
    ] as [([String], Int32, String)] {
      let run = try CommandRun("extract_features", arguments, in: place.folder)
      #expect(run.status == status && run.error.contains(words), "\(arguments): \(run.error.suffix(500))")
    }
    #expect(!place.folder.names.contains { $0.hasPrefix("out") || $0.hasPrefix(".") })
  }
}
