import ArgumentParser
import Caffe
import CaffeTestSupport
import Foundation

/// Holds a GPU to the CPU: every operation of the engine to the reference engine's, every layer, model and solver rule to the original's
/// numbers.
@main
struct GPUCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpu-check",
    abstract: "Compares what a GPU computes with what the CPU does, and with Caffe's own numbers.")

  @Option(help: "The number of the GPU.") var gpu = 0
  @Flag(help: "Round factors of products to ten bits, and allow for it: 3e-3 of a result as a whole.") var tf32 = false
  @Flag(help: "Start each kernel by itself.") var noGraph = false
  @Flag(help: "Compute on the CPU by what stands in for a GPU in tests.") var standIn = false
  @Option(help: "The folder with the original's numbers (default: cases beside this program, if there).")
  var cases: String?
  @Option(help: "Only cases whose names contain this.") var filter: String?
  @Flag(help: "Print every case.") var verbose = false

  mutating func run() throws {
    let log = RecordedLog()
    let engine = try makeEngine(log)
    print("gpu-check on \(engine.summary)\(tf32 ? ", TF32" : "")")
    var count = Count()
    checkOperations(engine, &count)
    checkWays(engine, &count)
    checkGraphs(engine, &count)
    for warning in log.warnings { print("warning: \(warning)") }
    // The original's numbers are of single precision.
    if !tf32 { checkCases(engine, &count) }
    print("\(count.passed) passed, \(count.failed) failed")
    if count.failed > 0 || count.passed == 0 { throw ExitCode.failure }
  }

  private struct Count {
    var passed = 0
    var failed = 0
  }

  private func makeEngine(_ log: RecordedLog) throws -> CUDAEngine {
    var options = CUDAOptions()
    options.usesTF32 = tf32
    options.usesGraphs = !noGraph
    // What is asked for a second time is a graph, be it one kernel.
    options.shortestGraph = 1
    return try standIn
      ? .standIn(options, logger: log.logger) : GPUs().engine(gpu, options: options, logger: log.logger)
  }

  /// Every algorithm for convolutions, not the quickest of each pass alone.
  private func checkWays(_ engine: CUDAEngine, _ count: inout Count) {
    for (name, spec) in (standIn ? ConvolutionWays.small : ConvolutionWays.real) where isWanted(name) {
      for result in ConvolutionWays.compare(engine, against: ReferenceEngine(), name, spec, roundsFactors: tf32) {
        note(result.passed, result.line, &count)
      }
    }
  }

  /// Whether graphs were made, and none was given up.
  private func checkGraphs(_ engine: CUDAEngine, _ count: inout Count) {
    guard !noGraph else { return }
    let made = engine.device.graphsMade
    note(made > 0 && engine.device.usesGraphs, "graphs: \(made) were made", &count)
  }

  private func isWanted(_ name: String) -> Bool { filter.map { name.contains($0) } ?? true }

  private func note(_ passed: Bool, _ line: String, _ count: inout Count) {
    if passed { count.passed += 1 } else { count.failed += 1 }
    if verbose || !passed { print(line) }
  }

  /// Twice each: what comes again is started as a graph.
  private func checkOperations(_ engine: CUDAEngine, _ count: inout Count) {
    let all = (standIn ? EngineCase.small : EngineCase.all).filter { isWanted($0.name) }
    let cases = tf32 ? all.map(\.allowingRoundedFactors) : all
    let reference = ReferenceEngine()
    for engineCase in cases {
      for _ in 0..<2 {
        for result in EngineComparison.compare(engine, against: reference, on: engineCase) {
          note(result.passed, result.line, &count)
        }
      }
    }
  }

  private func checkCases(_ engine: CUDAEngine, _ count: inout Count) {
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path + "/cases"
    if let folder = cases ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil) {
      setenv("CAFFE_REFERENCE_DIR", folder, 1)
    }
    let layers = (ReferenceCase.layers + ReferenceCase.models).filter { isWanted($0.name) }
    for reference in layers { note(reference.run(on: engine), &count) }
    for folder in SolverCases.all() where isWanted(folder) {
      note(SolverCases.run(folder: folder, engine: engine), &count)
    }
  }

  private func note(_ outcome: ReferenceOutcome, _ count: inout Count) {
    guard outcome.verdict != .skipped else {
      if verbose { print(outcome.line) }
      return
    }
    note(outcome.verdict == .ok, outcome.line, &count)
  }
}
