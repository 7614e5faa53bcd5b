import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Snapshots: their files, going on from them, and what may go wrong.
struct SnapshotTests {
  private static let fields = #"base_lr: 0.01 momentum: 0.9 snapshot_prefix: "run" "#

  private func text(of body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test(arguments: ["BINARYPROTO", "HDF5"])
  func aResumedTrainingIsTheSame(format: String) throws {
    let ending = format == "HDF5" ? ".h5" : ""
    let fields = Self.fields + "snapshot_format: \(format) snapshot: 3"
    let training = try TinyTraining()
    let whole = try training.solver("\(fields) max_iter: 6")
    try whole.solve()
    #expect(
      training.folder.names.filter { $0.hasPrefix("run") } == [
        "run_iter_3.caffemodel\(ending)", "run_iter_3.checkpoint", "run_iter_3.solverstate\(ending)",
        "run_iter_6.caffemodel\(ending)", "run_iter_6.checkpoint", "run_iter_6.solverstate\(ending)"
      ])
    let resumed = try training.solver("\(fields) max_iter: 6")
    try resumed.solve(resuming: "run_iter_3.solverstate\(ending)")
    #expect(resumed.iteration == 6)
    #expect(TinyTraining.weight(resumed) == TinyTraining.weight(whole))
  }

  @Test func theModelIsFoundBesideTheState() throws {
    let training = try TinyTraining()
    try training.solver(Self.fields + "snapshot: 2 max_iter: 2").solve()
    let moved = training.folder.file("moved")
    try FileManager.default.createDirectory(atPath: moved, withIntermediateDirectories: true)
    for name in ["run_iter_2.caffemodel", "run_iter_2.solverstate"] {
      try FileManager.default.moveItem(atPath: training.folder.file(name), toPath: "\(moved)/\(name)")
    }
    let solver = try training.solver("base_lr: 0.01 max_iter: 2")
    try solver.restore(from: "moved/run_iter_2.solverstate")
    #expect(solver.iteration == 2)
    try FileManager.default.removeItem(atPath: "\(moved)/run_iter_2.caffemodel")
    let message = text { try solver.restore(from: "moved/run_iter_2.solverstate") }
    #expect(message.contains("neither where it was written nor beside the state"))
  }

  @Test func theLastSnapshotComesAfterTheTraining() throws {
    let training = try TinyTraining()
    try training.solver(Self.fields + "max_iter: 2").solve()
    #expect(training.folder.names.contains("run_iter_2.caffemodel") == false)
    let file = try NetReader.parseSolver(text: #"net: "net.prototxt" lr_policy: "fixed" max_iter: 2 \#(Self.fields)"#)
    try Solver(file.solver, context: training.context).solve()
    #expect(training.folder.names.contains("run_iter_2.caffemodel"))
  }

  @Test func theSnapshotAfterTheTrainingGoesOnExactly() throws {
    let text = #"net: "net.prototxt" lr_policy: "fixed" base_lr: 0.01 momentum: 0.9 display: 1 snapshot_prefix: "run" "#
    func solver(_ training: TinyTraining, _ length: Int) throws -> Solver {
      let file = try NetReader.parseSolver(text: text + "snapshot: 4 max_iter: \(length)")
      return try Solver(file.solver, context: training.context)
    }
    let (short, long) = (try TinyTraining(), try TinyTraining())
    try solver(long, 9).solve()
    // The end of a training shows one more loss, which is no part of the next one's.
    try solver(short, 5).solve()
    try solver(short, 9).solve(resuming: "run_iter_5.solverstate")
    for ending in ["caffemodel", "solverstate", "checkpoint"] {
      let (one, other) = (short.folder.file("run_iter_9.\(ending)"), long.folder.file("run_iter_9.\(ending)"))
      #expect(FileManager.default.contentsEqual(atPath: one, andPath: other), "\(ending)")
    }
  }

  @Test func aRequestTakesASnapshot() throws {
    let training = try TinyTraining()
    let solver = try training.solver(Self.fields + "max_iter: 3")
    solver.nextRequest = { solver.iteration == 2 ? .snapshot : .none }
    try solver.solve()
    #expect(training.folder.names.contains("run_iter_2.solverstate"))
    #expect(
      training.log.texts(from: "solver.cpp:464") == ["Snapshotting to binary proto file run_iter_2.caffemodel"])
  }

  @Test func gradientsAreStoredOnRequest() throws {
    let training = try TinyTraining()
    try training.solver(Self.fields + "snapshot: 1 snapshot_diff: true max_iter: 1").solve()
    let net = try NetReader.readWeights(file: training.folder.file("run_iter_1.caffemodel")).net
    let blob = try #require(net.layer.first { $0.name == "w" }?.blobs.first)
    #expect(try blob.gradients().count == 1)
  }

  // MARK: - Bad input

  @Test func aMissingFolderIsMade() throws {
    let training = try TinyTraining()
    try training.solver(#"snapshot: 1 max_iter: 1 snapshot_prefix: "new/deep/run""#).solve()
    #expect(FileManager.default.fileExists(atPath: training.folder.file("new/deep/run_iter_1.solverstate")))
  }

  @Test(arguments: ["net.prototxt/run"])
  func anUnusableFolderIsFoundBeforeTraining(prefix: String) throws {
    let training = try TinyTraining()
    for fields in ["snapshot: 5", ""] {
      let text =
        #"net: "net.prototxt" base_lr: 0.1 lr_policy: "fixed" max_iter: 2 snapshot_prefix: "\#(prefix)" \#(fields)"#
      let file = try NetReader.parseSolver(text: text)
      let message = self.text { try Solver(file.solver, context: training.context).solve() }
      #expect(message.contains("snapshots cannot be written as \"\(prefix)_iter_"), "\(message)")
    }
    #expect(training.log.texts(from: "solver.cpp:332").isEmpty)
  }

  /// As a disk that is gone: a file where the folder was.
  @Test func aFolderThatGoesAwayLeavesWhatIsSaved() throws {
    final class Mover: SolverObserver {
      let folder: TemporaryFolder

      init(_ folder: TemporaryFolder) { self.folder = folder }

      func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) throws {
        try FileManager.default.moveItem(atPath: folder.file("out"), toPath: folder.file("kept"))
        try folder.write("", to: "out")
      }
    }
    let training = try TinyTraining()
    let solver = try training.solver(#"snapshot: 1 max_iter: 3 snapshot_prefix: "out/run""#)
    solver.observers = [Mover(training.folder)]
    let message = text { try solver.solve() }
    #expect(message.contains("out/run_iter_2.caffemodel") && message.contains("Not a directory"), "\(message)")
    let resumed = try training.solver("max_iter: 3")
    try resumed.restore(from: "kept/run_iter_1.solverstate")
    #expect(resumed.iteration == 1)
  }

  /// Root may write everywhere: there, the tests around this one show the same with other means.
  @Test(.enabled(if: getuid() != 0, "root may write to any folder"))
  func aReadOnlyFolderIsFoundBeforeTraining() throws {
    let training = try TinyTraining()
    let folder = training.folder.file("closed")
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
    let message = text { _ = try training.solver(#"snapshot: 1 max_iter: 3 snapshot_prefix: "closed/run""#) }
    #expect(message.contains("snapshots cannot be written") && message.contains("Permission denied"), "\(message)")
  }

  @Test func layersOfOneNameAreFoundBeforeTraining() throws {
    let training = try TinyTraining(net: TinyTraining.net().replacing("name: \"loss\"", with: "name: \"w\""))
    let message = text { _ = try training.solver(Self.fields + "snapshot_format: HDF5 snapshot: 1 max_iter: 1") }
    #expect(message.contains("two layers are called \"w\"") && message.contains("BINARYPROTO"), "\(message)")
    try training.solver(Self.fields + "snapshot: 1 max_iter: 1").solve()
  }

  @Test func aNetThatIsTooLargeForABinaryFileIsFoundBeforeTraining() throws {
    let wide = TinyTraining.net().replacing("num_output: 1 ", with: "num_output: 600000000 ")
      .replacing(
        "name: \"loss\" type: \"EuclideanLoss\" bottom: \"y\" bottom: \"t\"",
        with: "name: \"loss\" type: \"Reduction\" bottom: \"y\"")
    let training = try TinyTraining(net: wide)
    let message = text { _ = try training.solver(Self.fields + "snapshot: 1 max_iter: 1") }
    #expect(
      message.contains("the weights would take 2.4 GB") && message.contains("snapshot_format: HDF5"), "\(message)")
  }

  @Test func theProbeLeavesNothing() throws {
    let training = try TinyTraining()
    _ = try training.solver(Self.fields + "snapshot: 5 max_iter: 1")
    #expect(training.folder.names == ["net.prototxt"])
  }

  @Test(arguments: ["caffemodel", "solverstate"])
  func aFullDiskLeavesTheLastSnapshot(kind: String) throws {
    try #require(FileManager.default.fileExists(atPath: "/dev/full"))
    let training = try TinyTraining()
    let solver = try training.solver(Self.fields + "snapshot: 1 max_iter: 2")
    let target = training.folder.file("run_iter_2.\(kind)")
    try FileManager.default.createSymbolicLink(atPath: target, withDestinationPath: "/dev/full")
    let message = text { try solver.solve() }
    #expect(message.contains("No space left"), "\(message)")
    let fresh = try training.solver("base_lr: 0.01 max_iter: 2")
    try fresh.restore(from: "run_iter_1.solverstate")
    #expect(fresh.iteration == 1)
    #expect(training.folder.names.filter { $0.hasSuffix(".tmp") }.isEmpty)
  }

  @Test(arguments: ["BINARYPROTO", "HDF5"])
  func weightsAreNoState(format: String) throws {
    let training = try TinyTraining()
    try training.solver(Self.fields + "snapshot_format: \(format) snapshot: 1 max_iter: 1").solve()
    let solver = try training.solver("max_iter: 1")
    let ending = format == "HDF5" ? ".h5" : ""
    let message = text { try solver.restore(from: "run_iter_1.caffemodel\(ending)") }
    #expect(message.contains("weights file"), "\(message)")
    #expect(message.contains("--weights"))
  }

  @Test func theStateOfAnotherNetIsRefused() throws {
    let training = try TinyTraining()
    try training.solver(Self.fields + "snapshot: 1 max_iter: 1").solve()
    let wider = TinyTraining.net().replacing("dim: 1 dim: 1", with: "dim: 1 dim: 2")
      .replacing("num_output: 1", with: "num_output: 2").replacing("\"tiny\"", with: "\"wider\"")
    try training.folder.write(wider, to: "wider.prototxt")
    let solver = try training.solver("max_iter: 1", net: #"net: "wider.prototxt""#)
    let named = text { try solver.restore(from: "run_iter_1.solverstate") }
    #expect(named.contains("the net \"tiny\" (") && named.contains("parameters have other names or shapes"), "\(named)")
    // Without a checkpoint, as from the original, the shapes tell.
    try FileManager.default.removeItem(atPath: training.folder.file("run_iter_1.checkpoint"))
    let message = text { try solver.restore(from: "run_iter_1.solverstate") }
    #expect(message.contains("history 0 of the state, of the net \"tiny\", has the shape [1 1]"), "\(message)")
    #expect(message.contains("in the net \"wider\" has [2 2]"), "\(message)")
    #expect(message.contains("layer \"w\""))
    #expect(solver.iteration == 0)

    let biased = TinyTraining.net().replacing("bias_term: false", with: "")
    try training.folder.write(biased, to: "biased.prototxt")
    let other = try training.solver("max_iter: 1", net: #"net: "biased.prototxt""#)
    let second = text { try other.restore(from: "run_iter_1.solverstate") }
    #expect(
      second.contains(
        "of the net \"tiny\", holds 1 arrays of history, but this solver (SGD on the net \"tiny\", 2 parameters) needs 2"
      ),
      "\(second)")
  }

  @Test func anImpossibleIterationIsRefused() throws {
    let training = try TinyTraining()
    try HDF5File.write(to: training.folder.file("late.solverstate.h5")) { root in
      try root.write([4e18], shape: [1], as: "iter")
      try root.makeGroup("history").write([Float(0)], shape: [1, 1], as: "0")
    }
    let solver = try training.solver("max_iter: 1 iter_size: 4")
    let message = text { try solver.restore(from: "late.solverstate.h5") }
    #expect(message.contains("late.solverstate.h5") && message.contains("iteration 4000000000000000000"), "\(message)")
    #expect(message.contains("0 to 2147483647"))
    #expect(solver.iteration == 0)
  }

  @Test func damagedStatesAreRefused() throws {
    let training = try TinyTraining()
    try training.solver(Self.fields + "snapshot: 1 max_iter: 1").solve()
    let solver = try training.solver("max_iter: 1")
    let whole = try Data(contentsOf: URL(fileURLWithPath: training.folder.file("run_iter_1.solverstate")))
    try whole.dropLast(3).write(to: URL(fileURLWithPath: training.folder.file("cut.solverstate")))
    try training.folder.write("", to: "empty.solverstate")
    try training.folder.write("<!DOCTYPE html><html></html>", to: "page.solverstate")
    for name in ["cut.solverstate", "empty.solverstate", "page.solverstate", "absent.solverstate"] {
      let message = text { try solver.restore(from: name) }
      #expect(message.contains(name), "\(message)")
      #expect(solver.iteration == 0)
    }
  }
}
