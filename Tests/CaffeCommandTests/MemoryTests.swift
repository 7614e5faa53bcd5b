import Foundation
import Testing

@Suite(.serialized) struct MemoryTests {
  private struct Told: Decodable {
    struct Phase: Decodable {
      var net: String
      var phase: String
      var bytes: [String: Int]
      var peak: Int
    }
    var phases: [Phase]
    var refusals: [String]
  }

  private func told(_ arguments: [String], in folder: WorkFolder) throws -> Told {
    let run = try CommandRun(["memory", "--json"] + arguments, in: folder)
    try #require(run.status == 0, "\(run.error)")
    return try JSONDecoder().decode(Told.self, from: Data(run.output.utf8))
  }

  @Test func bothPhasesAreToldOfWithWhatTheyConsistOf() throws {
    let place = try TrainingFolder()
    let told = try told(["--solver=solver.prototxt"], in: place.folder)
    try #require(told.phases.map(\.phase) == ["TRAIN", "TEST"])
    let parameters = (784 * 10 + 10) * 4
    for phase in told.phases {
      #expect(phase.bytes["parameters"] == parameters)
      #expect(phase.peak == phase.bytes.values.reduce(0, +))
      #expect((phase.bytes["program"] ?? 0) > 10_000_000)
      #expect((phase.bytes["batches"] ?? 0) > 0 && (phase.bytes["database"] ?? 0) > 0)
    }
    #expect(told.phases[0].bytes["history"] == parameters && told.phases[0].bytes["gradients"] == parameters)
    #expect(told.phases[1].bytes["history"] == 0 && told.phases[1].bytes["gradients"] == 0)
    #expect(told.phases[0].bytes["files"] == 2 * parameters)
  }

  @Test func shapesComeFromTheData() throws {
    let place = try TrainingFolder()
    let run = try CommandRun(["memory", "--model=net.prototxt", "--batch=1000"], in: place.folder)
    #expect(run.status == 0 && run.output.contains("peak"), "\(run.error)")
    #expect(!run.output.contains("Guessed"))
    let told = try told(["--model=net.prototxt", "--batch=1000", "--phase=TEST"], in: place.folder)
    #expect(told.phases.map(\.phase) == ["TEST"])
    // The data themselves, 784 floats a record.
    #expect((told.phases[0].bytes["activations"] ?? 0) >= 1000 * 784 * 4)
  }

  @Test func aNetToUseHasNothingToTrain() throws {
    let folder = try WorkFolder()
    try folder.write(
      """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 } } }
      layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }
      """, to: "deploy.prototxt")
    let told = try told(["--model=deploy.prototxt"], in: folder)
    #expect(told.phases.map(\.phase) == ["TEST"])
    #expect(told.refusals.first?.contains("nothing to train") == true)
  }

  @Test func aNetThatNoMachineHoldsIsToldOfAllTheSame() throws {
    let folder = try WorkFolder()
    try folder.write(
      """
      layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 1024 dim: 1024 } } }
      layer { name: "r" type: "ReLU" bottom: "data" top: "r" }
      """, to: "deploy.prototxt")
    let told = try told(["--model=deploy.prototxt", "--batch=65536"], in: folder)
    #expect(told.phases[0].peak >= 1 << 38)
    let summary = try CommandRun(
      ["summary", "--model=deploy.prototxt", "--input-shape=data=65536,1024,1024"], in: folder)
    #expect(summary.status == 0 && summary.output.contains("65536"), "\(summary.error)")
    for command in ["memory", "summary"] {
      let beyond = try CommandRun(
        [command, "--model=deploy.prototxt", "--input-shape=data=65537,1024,1024"], in: folder)
      #expect(beyond.status == 1 && beyond.error.contains("more than the 256 GiB"), "\(beyond.error)")
    }
  }

  @Test func badInputIsRefusedWithWhatToDo() throws {
    let folder = try WorkFolder()
    try folder.write(
      """
      layer { name: "d" type: "Data" top: "data" top: "label" data_param { source: "nowhere" batch_size: 4 } }
      layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 2 } }
      """, to: "net.prototxt")
    func run(_ arguments: String...) throws -> CommandRun { try CommandRun(["memory"] + arguments, in: folder) }
    let unshaped = try run("--model=net.prototxt")
    #expect(unshaped.status == 64 && unshaped.error.contains("--input-shape data="), "\(unshaped.error)")
    let missing = try run("--model=nothing.prototxt")
    #expect(missing.status == 1 && missing.error.contains("nothing.prototxt"), "\(missing.error)")
    let empty = try run("--model=net.prototxt", "--batch=0")
    #expect(empty.status == 64 && empty.error.contains("--batch=0"), "\(empty.error)")
    let none = try run()
    #expect(none.status == 64 && none.error.contains("--model=FILE"), "\(none.error)")
    let reference = try run("--model=net.prototxt", "--input-shape=data=4,2", "--engine=reference")
    #expect(reference.status == 1 && reference.error.contains("CPU engine"), "\(reference.error)")
  }
}
