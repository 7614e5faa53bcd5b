import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct MetricsTests {
  private static let net = """
    name: "tiny"
    layer {
      name: "data" type: "DummyData" top: "x" top: "y"
      dummy_data_param {
        shape { dim: 4 dim: 3 } shape { dim: 4 dim: 2 }
        data_filler { type: "gaussian" } data_filler { type: "constant" value: 0.5 }
      }
    }
    layer {
      name: "ip" type: "InnerProduct" bottom: "x" top: "ip"
      inner_product_param { num_output: 2 weight_filler { type: "xavier" } }
    }
    layer { name: "loss" type: "EuclideanLoss" bottom: "ip" bottom: "y" top: "loss" loss_weight: 0.5 }
    """

  private func solver(in folder: TemporaryFolder) throws -> Solver {
    try folder.write(MetricsTests.net, to: "net.prototxt")
    let text = """
      net: "net.prototxt" base_lr: 0.1 lr_policy: "fixed" display: 2 max_iter: 6 test_iter: 1 test_interval: 4
      snapshot: 4 snapshot_prefix: "run" iter_size: 2 random_seed: 1
      """
    try folder.write(text, to: "solver.prototxt")
    var context = Context(engine: ReferenceEngine(), phase: .train, registry: .standard)
    context.baseFolder = folder.path
    return try Solver(file: "solver.prototxt", context: context)
  }

  private func record(_ solver: Solver) throws -> MetricsRecorder {
    var settings = RunSettings()
    settings.command = ["caffe", "train"]
    let recorder = try MetricsRecorder(file: "run.jsonl", settings: settings, solver: solver)
    solver.observers.append(recorder)
    return recorder
  }

  private func lines(_ folder: TemporaryFolder) throws -> [String] {
    try String(contentsOfFile: folder.file("run.jsonl"), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  @Test func aTrainingIsWrittenAndReadAgain() throws {
    let folder = try TemporaryFolder()
    let solver = try solver(in: folder)
    let recorder = try record(solver)
    try solver.solve()
    recorder.finish("finished", at: solver.iteration)
    let kinds = try lines(folder).map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["type"] as? String
    }
    #expect(kinds == ["run", "test", "train", "train", "snapshot", "test", "train", "snapshot", "end"])
    let run = try RunFile.read(folder.file("run.jsonl"))
    #expect(run.training.map(\.iteration) == [0, 2, 4] && run.tests.map(\.iteration) == [0, 4])
    #expect(
      run.training.allSatisfy { $0.loss != nil && $0.rate == 0.1 && $0.seconds != nil && ($0.gradientNorm ?? 0) > 0 })
    #expect(run.training[1].outputs.first?.name == "loss" && run.training[1].outputs.first?.lossWeight == 0.5)
    #expect(run.snapshots.map(\.model) == ["run_iter_4.caffemodel", "run_iter_6.caffemodel"])
    #expect(run.outcome == "finished")
    #expect(run.settings?.batchSize == 8 && run.settings?.solver.contains("base_lr: 0.1") == true)
    #expect(run.settings?.command == ["caffe", "train"])
  }

  @Test func theGradientNormIsThatOfTheMeanGradient() throws {
    let folder = try TemporaryFolder()
    let solver = try solver(in: folder)
    let before = solver.net.learnable.map(\.blob.data.values)
    _ = try record(solver)
    try solver.step(1)
    // One step of plain descent with rate 0.1 moves the weights by a tenth of the gradient.
    let moved = zip(solver.net.learnable, before).flatMap { zip($0.blob.data.values, $1).map { ($0 - $1) / 0.1 } }
    let norm = moved.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let written = try #require(try RunFile.read(folder.file("run.jsonl")).training.first?.gradientNorm)
    #expect(abs(written - Double(norm)) < 1e-4 * Double(norm))
  }

  @Test func aResumedRunIsAddedAndItsLinesCountInPlaceOfEarlierOnes() throws {
    let folder = try TemporaryFolder()
    let first = try solver(in: folder)
    _ = try record(first)
    try first.step(6)
    let before = try lines(folder)
    // As after a kill in the middle of a line.
    let path = folder.file("run.jsonl")
    let content = try String(contentsOfFile: path, encoding: .utf8)
    try (content + "{\"type\":\"train\",\"iter").write(toFile: path, atomically: true, encoding: .utf8)

    let second = try solver(in: folder)
    try second.restore(from: "run_iter_4.solverstate")
    let recorder = try record(second)
    try second.solve()
    recorder.finish("finished", at: second.iteration)
    let after = try lines(folder)
    #expect(Array(after.prefix(before.count)) == before)
    let run = try RunFile.read(path)
    #expect(run.training.map(\.iteration) == [0, 2, 4] && run.tests.map(\.iteration) == [0, 4])
    #expect(run.unread.numbers == [before.count + 1] && run.replaced == 1)
    let seconds = run.training.compactMap(\.seconds)
    #expect(seconds.count == 3 && seconds == seconds.sorted())
  }

  @Test func numbersThatAreNoneSurvive() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "{\"type\":\"train\",\"iteration\":0,\"loss\":\"nan\",\"outputs\":{\"a\":\"inf\"}}\n{\"type\":\"train\",\"iteration\":1,\"loss\":2}\n",
      to: "run.jsonl")
    let run = try RunFile.read(path)
    #expect(run.training[0].loss?.isNaN == true && run.training[0].outputs[0].value == .infinity)
    #expect(run.training[1].loss == 2 && run.unread.count == 0)
    let solver = try solver(in: folder)
    solver.nonFinitePolicy = .warn
    try solver.net.learnable[0].blob.setData([Float](repeating: .infinity, count: 6))
    _ = try record(solver)
    try solver.step(1)
    #expect(try RunFile.read(folder.file("run.jsonl")).training.first?.loss?.isFinite == false)
  }

  @Test func anyFormOfJSONIsRead() throws {
    let folder = try TemporaryFolder()
    // As written, with blanks, with an escaped name, with more than is known, cut.
    let path = try folder.write(
      """
      {"iteration":1,"loss":0.5,"outputs":{"a":1,"b":-2.5e-3},"type":"train"}
      { "type": "train", "iteration": 2, "loss": 0.25, "outputs": { } }
      {"iteration":3,"outputs":{"a\\u0062":4},"type":"test"}
      {"iteration":4,"loss":1,"more":[1,{"x":null}],"type":"train"}
      {"iteration":5,"loss":1,"type":"tr
      """, to: "run.jsonl")
    let run = try RunFile.read(path)
    #expect(run.training.map(\.iteration) == [1, 2, 4] && run.training.map(\.loss) == [0.5, 0.25, 1])
    #expect(run.training[0].outputs.map(\.name) == ["a", "b"] && run.training[0].outputs[1].value == -0.0025)
    #expect(run.tests[0].outputs.map(\.name) == ["ab"] && run.unread.numbers == [5])
  }

  @Test func aMissingFolderIsAnError() throws {
    let folder = try TemporaryFolder()
    let solver = try solver(in: folder)
    let error = #expect(throws: CaffeError.self) {
      try MetricsRecorder(file: "no/run.jsonl", settings: RunSettings(), solver: solver)
    }
    #expect(error?.message.contains("mkdir -p") == true)
  }
}
