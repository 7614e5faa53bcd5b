import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// Tells what memory nets will take before they take it: it goes through the steps of `caffe train` and `caffe test` with an engine that
/// computes nothing, over memory that is addresses only.
package struct MemoryForecast {
  /// The engine, one that rehearses, and so on.
  package var context: Context
  /// How many records there are in a batch; by default what the nets say.
  package var batch: Int?
  /// Shapes of inputs and of what data layers give.
  package var shapes: [InputShape] = []
  /// The level and the stages of the nets' states, beside the files' own.
  package var level: Int?
  package var stages: [String] = []
  /// How many batches a test runs.
  package var testIterations = 50
  /// What to do with a field that the schema doesn't have.
  package var unknownFields = UnknownFieldPolicy.error
  /// The memory that this process holds, in bytes.
  package var residentMemory: () -> Int? = { nil }

  /// The memory that the engine has taken of a device, in bytes, where it has one.
  package var deviceMemory: () -> Int? = { nil }

  /// Makes one that asks for nothing special.
  package init(context: Context) {
    self.context = context
    self.context.logger = .silent
  }

  // MARK: - Training

  /// What training by `solver` takes, its test nets and snapshots included.
  ///
  /// - Throws: `CaffeError` when a net can't be built, a shape isn't known, or there is nothing to train.
  package func training(by solver: SolverFile) throws -> MemoryNeed {
    let nets = SolverNets(
      solver: solver.solver, layerLocations: solver.layerLocations, context: context, unknownFields: unknownFields)
    let trained = try dataless(nets.trainingFile())
    let tested = try nets.testFiles().map(dataless)
    let original = solver.solver
    let rehearsed = original.rehearsed(trained.parameter, tested.map(\.parameter))
    var need = MemoryNeed(phase: .train, net: trained.parameter.name, guesses: trained.guesses)
    let rehearsal = Rehearsal()
    try rehearsal.run {
      var locations = ["train_net_param": trained.locations]
      for (index, net) in tested.enumerated() { locations["test_net_param[\(index)]"] = net.locations }
      let solver = try Solver(rehearsed, layerLocations: locations, context: context)
      guard solver.net.layerNeedsBackward.contains(true) else {
        throw CaffeError(
          .graph, "the net \"\(solver.net.name)\" has no loss with parameters below it: nothing to train")
      }
      solver.reuseActivationMemory()
      // Values are zeros, or what was there.
      solver.nonFinitePolicy = .warn
      try solver.step(4)
      try need.take(rehearsal, solver: solver, original: original, residentMemory)
    }
    need.deviceBytes = deviceMemory(with: trained.sources + tested.flatMap(\.sources))
    let read = original.batchesRead
    need.take(trained.sources) { read.multipliedReportingOverflow(by: $0).partialValue }
    let testBatches = original.testIter.map { Int($0) * original.testRuns }
    for (net, batches) in zip(tested, testBatches) { need.take(net.sources) { batches * $0 } }
    need.limitDatabase()
    return need
  }

  // MARK: - Testing

  /// The net that `solver` tests first, or else the one that it trains.
  package func testedNet(of solver: SolverFile) throws -> NetFile {
    let nets = SolverNets(
      solver: solver.solver, layerLocations: solver.layerLocations, context: context, unknownFields: unknownFields)
    return try nets.testFiles().first ?? nets.trainingFile()
  }

  /// What `caffe test` takes for `net`.
  ///
  /// - Throws: `CaffeError` when the net can't be built, or a shape isn't known.
  package func testing(_ net: NetFile) throws -> MemoryNeed {
    var file = net
    file.net.state.phase = .test
    let tested = try dataless(file)
    var need = MemoryNeed(phase: .test, net: tested.parameter.name, guesses: tested.guesses)
    let rehearsal = Rehearsal()
    try rehearsal.run {
      let net = try tested.build()
      net.setActivationMemory(.reusedByForward)
      for _ in 0..<2 { _ = try net.forward() }
      need.take(rehearsal, net: net, residentMemory)
    }
    need.deviceBytes = deviceMemory(with: tested.sources)
    need.take(tested.sources) { testIterations.multipliedReportingOverflow(by: $0).partialValue }
    need.limitDatabase()
    return need
  }

  /// The engine's memory of a device, and what data layers will take there, which aren't rehearsed.
  private func deviceMemory(with sources: [SourceFacts]) -> Int? {
    deviceMemory().map { sources.reduce($0) { $0 + $1.deviceBytes } }
  }

  private func dataless(_ file: NetFile) throws -> DatalessNet {
    var context = context
    context.phase = file.net.state.phase
    return try DatalessNet(
      file, context: context, shapes: shapes, level: level, stages: stages, batch: batch, looksAtData: true)
  }
}

extension SolverParameter {
  /// The solver with nets without data, that tests early and writes nothing.
  fileprivate func rehearsed(_ trained: NetParameter, _ tested: [NetParameter]) -> SolverParameter {
    var solver = self
    solver.clearNet()
    solver.clearNetParam()
    solver.clearTrainNet()
    solver.clearTrainState()
    solver.testNet = []
    solver.testState = []
    solver.weights = []
    solver.trainNetParam = trained
    solver.testNetParam = tested
    // What is kept from the second batch with the same weights on is counted, too.
    solver.testIter = tested.indices.map { $0 < testIter.count ? min(testIter[$0], 2) : 1 }
    solver.testInterval = 2
    solver.display = 0
    solver.debugInfo = false
    solver.snapshot = 0
    solver.snapshotAfterTrain = false
    solver.maxIter = 4
    return solver
  }

  /// How often a training tests.
  fileprivate var testRuns: Int { testInterval > 0 ? max(0, Int(maxIter)) / Int(testInterval) + 1 : 0 }

  /// How many batches a training reads.
  fileprivate var batchesRead: Int { max(0, Int(maxIter)) * max(1, Int(iterSize)) }
}
