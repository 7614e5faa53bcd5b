import Caffe
import CaffeCommand
import CaffeTestSupport
import Foundation
import Testing

/// Commands where there is no GPU, whatever this machine has.
@Suite struct MissingGPUTests {
  private static let noDriver = ["CAFFE_CUDA_PATH": "/nowhere/libcuda.so.1"]

  private func run(_ arguments: [String], in folder: WorkFolder) throws -> CommandRun {
    try CommandRun(arguments, in: folder, environment: MissingGPUTests.noDriver)
  }

  @Test(arguments: [
    ["device_query", "-gpu=0"], ["device_query", "-gpu", "all"], ["test", "-gpu=0", "-model=x", "-weights=y"],
    ["time", "--gpu=0,1", "--model=x"], ["time", "--engine=cuda", "--model=x"]
  ])
  func anExplicitGPUIsAnError(arguments: [String]) throws {
    let run = try run(arguments, in: try WorkFolder())
    #expect(run.status == 1)
    #expect(run.error.hasPrefix("caffe: error: --"), "\(run.error)")
    #expect(run.error.contains("the NVIDIA driver") && run.error.contains("CAFFE_CUDA_PATH"))
  }

  @Test func solverModeGPUWarnsOnceAndTrains() throws {
    let place = try TrainingFolder()
    try place.writeSolver(["solver_mode": "GPU"])
    let run = try run(["train", "--solver=solver.prototxt"], in: place.folder)
    #expect(run.status == 0)
    #expect(run.error.split(separator: "\n").filter { $0.hasPrefix("W") }.count == 1)
    #expect(run.error.contains("solver_mode: GPU: ") && run.error.contains("training on the CPU"))
    #expect(run.error.contains("CAFFE_CUDA_PATH") && run.error.contains("Use CPU."))
    let explicit = try self.run(["train", "--solver=solver.prototxt", "-gpu", "all"], in: place.folder)
    #expect(explicit.status == 1 && explicit.error.hasPrefix("caffe: error: --gpu=all: "))
  }

  @Test func deviceQueryShowsTheProcessorAndWhyThereIsNoGPU() throws {
    let run = try run(["device_query"], in: try WorkFolder())
    #expect(run.status == 0)
    #expect(run.output.contains("Processor") && run.output.contains("CAFFE_CUDA_PATH"))
    #expect(run.output.contains("GPU         none"))
  }

  @Test(arguments: ["x", "0,", "0,0", "-1"]) func aListOfGPUsThatIsNoneIsAFlagError(list: String) throws {
    let run = try run(["time", "--model=x", "--gpu=\(list)"], in: try WorkFolder())
    #expect(run.status == 64 && run.error.contains("--gpu"), "\(run.error)")
  }

  @Test func aGPUAndAnotherEngineExcludeEachOther() throws {
    let run = try run(["time", "--model=x", "--gpu=0", "--engine=cpu"], in: try WorkFolder())
    #expect(run.status == 64 && run.error.contains("--engine=cpu"))
  }
}

/// Commands on stand-ins for GPUs, in this process.
@Suite struct GPUCommandTests {
  private let place: TrainingFolder
  init() throws { place = try TrainingFolder() }

  /// Runs the command; what it logs, and its status.
  private func run(_ arguments: String...) throws -> (log: String, status: Int32) {
    let logs = place.folder.path("logs-\(UUID())")
    let quiet = ["--log_dir=\(logs)", "--alsologtostderr=false", "--stderrthreshold=4"]
    let status = Program(arguments: ["caffe"] + arguments + quiet, environment: [:], gpus: .standIn).run()
    return ((try? String(contentsOfFile: logs + "/caffe.INFO", encoding: .utf8)) ?? "", status)
  }

  /// Gives the files that the net and the solver name their places, since the process works in another folder.
  private func writeFiles(_ changes: [String: String?] = [:]) throws {
    let root = place.folder.root
    let net = try String(contentsOfFile: place.folder.path("net.prototxt"), encoding: .utf8)
      .replacing("source: \"t", with: "source: \"\(root)/t")
    try place.folder.write(net, to: "net.prototxt")
    try place.writeSolver(
      changes.merging(["net": "\"\(root)/net.prototxt\"", "snapshot_prefix": "\"\(root)/small\""]) { _, new in new })
  }

  @Test func trainsAndTestsOnAGPU() throws {
    try writeFiles()
    let solver = "--solver=\(place.folder.path("solver.prototxt"))"
    let trained = try run("train", "-gpu", "1", solver)
    #expect(trained.status == 0)
    #expect(trained.log.contains("] Using GPUs 1\n") && trained.log.contains("] GPU 1: CUDA stand-in 1\n"))
    #expect(trained.log.contains("Optimization Done.") && !trained.log.contains("Use CPU."))
    let weights = "--weights=\(place.folder.path("small_iter_40.caffemodel"))"
    let model = "--model=\(place.folder.path("net.prototxt"))"
    let onGPU = try run("test", "--gpu=0,1", model, weights, "--iterations=2", "--no-graph")
    #expect(onGPU.status == 0 && onGPU.log.contains("Use GPU with device ID 0"))
    let onCPU = try run("test", model, weights, "--iterations=2")
    #expect(onCPU.status == 0 && onCPU.log.contains("Use CPU."))
    #expect(accuracy(onGPU.log) != nil && accuracy(onGPU.log) == accuracy(onCPU.log))
  }

  private func accuracy(_ log: String) -> String? {
    log.split(separator: "\n").last { $0.contains("] accuracy = ") }?.split(separator: "]").last.map(String.init)
  }

  @Test func solverModeAndDeviceIDChooseTheGPU() throws {
    try writeFiles(["solver_mode": "GPU", "device_id": "1", "max_iter": "2", "snapshot": "0"])
    let trained = try run("train", "--solver=\(place.folder.path("solver.prototxt"))")
    #expect(trained.status == 0 && trained.log.contains("] Using GPUs 1\n"), "\(trained.log)")
    let onCPU = try run("train", "--solver=\(place.folder.path("solver.prototxt"))", "--engine=cpu")
    #expect(onCPU.status == 0 && onCPU.log.contains("Use CPU."))
  }

  @Test func timesOnAGPU() throws {
    try writeFiles()
    let timed = try run("time", "--gpu=0", "--model=\(place.folder.path("net.prototxt"))", "--iterations=2")
    #expect(timed.status == 0 && timed.log.contains("GPU device name: CUDA stand-in 0"))
    #expect(timed.log.contains("Average Forward-Backward: "))
  }

  @Test func aDeviceNumberOutOfRangeIsAnError() throws {
    try writeFiles()
    let solver = "--solver=\(place.folder.path("solver.prototxt"))"
    #expect(try run("train", "--gpu=9", solver).status == 1)
    #expect(try run("train", "--gpu=0,9", solver).status == 1)
  }

  @Test func trainsOnAllGPUs() throws {
    try writeFiles(["max_iter": "6", "test_interval": "3", "snapshot": "3"])
    let trained = try run("train", "-gpu", "all", "--solver=\(place.folder.path("solver.prototxt"))")
    #expect(trained.status == 0 && trained.log.contains("Optimization Done."), "\(trained.log.suffix(500))")
    #expect(place.folder.exists("small_iter_6.caffemodel") && place.folder.exists("small_iter_3.solverstate"))
  }

  @Test func deviceQueryShowsDevicesAndLibraries() throws {
    let survey = GPUs.standIn.survey()
    let all = DeviceReport.text(DeviceReport.allDevices(survey))
    #expect(all.contains("GPU 0") && all.contains("CUDA stand-in 1"))
    #expect(all.contains("Capability") && all.contains("multiprocessors") && all.contains(" MiB free"))
    #expect(try DeviceReport.devices(survey, .numbered([1])).map(\.ordinal) == [1])
    let error = try #require(throws: CaffeError.self) { try DeviceReport.devices(survey, .numbered([8])) }
    #expect(error.message.contains("--gpu=8") && error.message.contains("no GPU 8"))
  }

  @Test func deviceQueryShowsWhatIsWrongWithALibrary() throws {
    typealias Library = CUDASurvey.Library
    var survey = GPUs.standIn.survey()
    survey.libraries = [
      Library(
        name: "the driver", isNeeded: true, result: .success(OpenedLibrary(name: "", version: "13", path: "libcuda"))),
      Library(
        name: "cuDNN", isNeeded: false, isAbsent: true, result: .failure(CaffeError(.unsupported, "cuDNN isn't there"))),
      Library(name: "NCCL", isNeeded: false, result: .failure(CaffeError(.unsupported, "NCCL lacks a function")))
    ]
    let rows = DeviceReport.libraries(survey)
    #expect(rows.map(\.value) == ["13 (libcuda)", "none, and none is needed", "NCCL lacks a function"])
  }

  @Test func theMemoryOfEachGPUIsLookedAt() throws {
    let (needed, much, little) = (100 << 20, 200 << 20, 50 << 20)
    let one = try GPUMemoryText.of(needed, free: [(gpu: 3, bytes: much)])
    #expect(one == "training takes about 100 MiB of GPU 3's memory, beside cuDNN's workspace; 200 MiB are free")
    let two = try GPUMemoryText.of(needed, free: [(gpu: 0, bytes: much), (gpu: 2, bytes: needed)])
    #expect(two.hasSuffix("each GPU, beside cuDNN's workspace; 200 MiB of GPU 0's, 100 MiB of GPU 2's are free"))
    let error = #expect(throws: CaffeError.self) {
      try GPUMemoryText.of(needed, free: [(gpu: 0, bytes: much), (gpu: 2, bytes: little)])
    }
    #expect(error?.message.contains("workspace; 50 MiB of GPU 2's are free: reduce batch_size") == true)
  }
}
