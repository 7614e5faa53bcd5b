import ArgumentParser
import Caffe
import CaffeTestSupport
import Foundation

/// Times trainings on a GPU: whole iterations, their updates included, as `caffe train` does them.
@main
struct GPUBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpu-bench", abstract: "Times training iterations of a net on a GPU.")

  @Option(help: "The net's prototxt; its data come from DummyData layers or others that need no files.") var net: String
  @Option(help: "The number of the GPU.") var gpu = 0
  @Option(help: "Iterations before anything is timed.") var warmUp = 20
  @Option(help: "Iterations of a round.") var iterations = 100
  @Option(help: "Rounds; the median counts.") var rounds = 5
  @Flag(help: "Round factors of products to ten bits.") var tf32 = false
  @Flag(help: "Start each kernel by itself.") var noGraph = false
  @Flag(help: "Compute on the CPU by what stands in for a GPU in tests.") var standIn = false
  @Flag(help: "Print one line of JSON.") var json = false
  @Flag(help: "Time a round for each line of the standard input, and print its milliseconds an iteration.")
  var onRequest = false

  private struct Result: Encodable {
    var device: String
    var milliseconds: Double
    var all: [Double]
    var peakMebibytes: Int
  }

  mutating func run() throws {
    guard iterations > 0, rounds > 0, warmUp >= 0 else {
      throw ValidationError("give --iterations and --rounds of 1 or more, and --warm-up of 0 or more")
    }
    var options = CUDAOptions()
    options.usesTF32 = tf32
    options.usesGraphs = !noGraph
    let engine = try standIn ? CUDAEngine.standIn(options) : GPUs().engine(gpu, options: options)
    var context = Context(seed: 1)
    context.engine = engine
    var parameter = SolverParameter()
    parameter.net = net
    (parameter.baseLr, parameter.momentum, parameter.weightDecay) = (1e-4, 0.9, 5e-4)
    (parameter.lrPolicy, parameter.maxIter, parameter.snapshotAfterTrain) = ("fixed", Int32.max, false)
    let solver = try Solver(parameter, context: context)
    solver.reuseActivationMemory()
    try solver.step(warmUp)
    if onRequest {
      tell("ready: \(engine.deviceName)")
      while readLine() != nil { tell("\(try round(solver))") }
      return
    }
    let times = try (0..<rounds).map { _ in try round(solver) }
    report(
      Result(
        device: engine.deviceName, milliseconds: times.sorted()[rounds / 2], all: times,
        peakMebibytes: engine.peakMemory >> 20))
  }

  /// A line that a reader gets at once.
  private func tell(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

  private func round(_ solver: Solver) throws -> Double {
    let time = try ContinuousClock().measure { try solver.step(iterations) }
    return time / .milliseconds(1) / Double(iterations)
  }

  private func report(_ result: Result) {
    guard json else {
      return print(
        "\(result.device): \(result.milliseconds) ms an iteration (median of \(result.all)), "
          + "\(result.peakMebibytes) MiB at most")
    }
    if let data = try? JSONEncoder().encode(result) { print(String(decoding: data, as: UTF8.self)) }
  }
}
