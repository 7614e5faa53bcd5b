import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Snapshots that aren't whole, or of something else: what is said of them.
struct RestoreErrorTests {
  private static let fields = #"base_lr: 0.01 momentum: 0.9 snapshot: 1 snapshot_prefix: "run" max_iter: 2"#

  /// A folder with two snapshots.
  private func trained(_ more: String = "") throws -> TinyTraining {
    let training = try TinyTraining()
    try training.solver("\(Self.fields) \(more)").solve()
    return training
  }

  private func content(_ name: String, _ training: TinyTraining) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: training.folder.file(name)))
  }

  private func write(_ content: Data, to name: String, _ training: TinyTraining) throws {
    try content.write(to: URL(fileURLWithPath: training.folder.file(name)))
  }

  private func remove(_ name: String, _ training: TinyTraining) throws {
    try FileManager.default.removeItem(atPath: training.folder.file(name))
  }

  /// What restoring from `state` into a new solver says.
  private func failure(_ state: String, _ training: TinyTraining) throws -> String {
    let solver = try training.solver("momentum: 0.9 max_iter: 2")
    let text = message { try solver.restore(from: state) }
    #expect(solver.iteration == (text.isEmpty ? 2 : 0))
    return text
  }

  // MARK: - Checkpoints

  @Test func aCheckpointThatIsSomethingElse() throws {
    let training = try trained()
    for other in [Data(), Data("net: \"net.prototxt\"\n".utf8), try content("run_iter_2.caffemodel", training)] {
      try write(other, to: "run_iter_2.checkpoint", training)
      let text = try failure("run_iter_2.solverstate", training)
      #expect(text.contains("run_iter_2.checkpoint: this is no checkpoint"), "\(text)")
    }
  }

  @Test func aCheckpointThatIsCutAnywhereOrHasAWrongByte() throws {
    let training = try trained()
    let whole = try content("run_iter_2.checkpoint", training)
    func isRefused(_ content: Data) throws -> Bool {
      try write(content, to: "run_iter_2.checkpoint", training)
      let text = message { _ = try SnapshotFolder.seed(of: "run_iter_2.solverstate", context: training.context) }
      return text.contains("run_iter_2.checkpoint: ")
    }
    for length in 0..<whole.count { #expect(try isRefused(whole.prefix(length)), "cut to \(length)") }
    for index in whole.indices {
      var other = whole
      other[index] ^= 0x10
      #expect(try isRefused(other), "byte \(index)")
    }
    #expect(try isRefused(whole + [0]))
    #expect(try !isRefused(whole))
  }

  @Test func theCheckpointOfAnotherSnapshotIsLeftAlone() throws {
    let training = try trained()
    try write(content("run_iter_1.checkpoint", training), to: "run_iter_2.checkpoint", training)
    #expect(try failure("run_iter_2.solverstate", training) == "")
    let warning = training.log.warnings.last ?? ""
    #expect(warning.contains("\"run_iter_2.checkpoint\" isn't the checkpoint of \"run_iter_2.solverstate\""))
    try remove("run_iter_2.checkpoint", training)
    #expect(try failure("run_iter_2.solverstate", training) == "")
    #expect(training.log.texts.contains { $0.hasPrefix("There is no \"run_iter_2.checkpoint\": data layers go on") })
  }

  @Test func aCheckpointIsNoState() throws {
    let text = try failure("run_iter_2.checkpoint", try trained())
    #expect(text.contains("run_iter_2.checkpoint: the content is not that of a solver state"), "\(text)")
  }

  // MARK: - States

  @Test(arguments: ["BINARYPROTO", "HDF5"]) func aStateWithoutItsModel(format: String) throws {
    let training = try trained("snapshot_format: \(format)")
    let ending = format == "HDF5" ? ".h5" : ""
    try remove("run_iter_2.caffemodel\(ending)", training)
    let incomplete = try failure("run_iter_2.solverstate\(ending)", training)
    #expect(
      incomplete.contains("the snapshot is incomplete: there is no \"run_iter_2.caffemodel\(ending)\""), "\(incomplete)"
    )
    try remove("run_iter_2.checkpoint", training)
    let text = try failure("run_iter_2.solverstate\(ending)", training)
    #expect(
      text.contains("its weights file \"run_iter_2.caffemodel\(ending)\" is neither where it was written nor beside"),
      "\(text)")
    let found = SnapshotFolder(prefix: "run", context: training.context).newestWhole()
    #expect(found == "run_iter_1.solverstate\(ending)")
  }

  @Test(arguments: ["BINARYPROTO", "HDF5"]) func aStateThatIsCutAnywhere(format: String) throws {
    let training = try trained("snapshot_format: \(format)")
    let name = "run_iter_2.solverstate" + (format == "HDF5" ? ".h5" : "")
    try remove("run_iter_2.checkpoint", training)
    let whole = try content(name, training)
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 40)) {
      try write(whole.prefix(length), to: name, training)
      #expect(try failure(name, training).contains("run_iter_2.solverstate"), "cut to \(length)")
    }
  }

  @Test func aHistoryOfTheWrongLength() throws {
    let training = try trained()
    try remove("run_iter_2.checkpoint", training)
    let name = "run_iter_2.solverstate"
    let whole = try BinaryProto.read(SolverState.self, file: training.folder.file(name)).message
    var state = whole
    state.history[0].data = [1, 2, 3]
    try BinaryProto.write(state, file: training.folder.file(name))
    let text = try failure(name, training)
    #expect(text.contains("layer \"w\": history 0 of the state, of parameter 0, can't be used"), "\(text)")
    #expect(text.contains("needs 1 values and has 3"), "\(text)")
    state = whole
    state.history.append(state.history[0])
    try BinaryProto.write(state, file: training.folder.file(name))
    #expect(try failure(name, training).contains("holds 2 arrays of history, but this solver (SGD on the net \"tiny\""))
    state.history = []
    try BinaryProto.write(state, file: training.folder.file(name))
    #expect(try failure(name, training).contains("holds 0 arrays of history"))
  }
}
