import CCaffe
import CaffeSolvers

/// The caller's functions that follow a training.
final class CallbackObserver: SolverObserver {
  private let functions: caffe_solver_observer
  private let owner: Owner

  init(_ functions: caffe_solver_observer, _ owner: Owner) {
    self.functions = functions
    self.owner = owner
  }

  /// What the caller asks for.
  var request: SolverRequest {
    guard let ask = functions.request else { return .none }
    switch Int(owner.callingBack { ask(functions.user) }) {
    case Int(CAFFE_REQUEST_SNAPSHOT): return .snapshot
    case Int(CAFFE_REQUEST_STOP): return .stop
    default: return .none
    }
  }

  func solverBeginsIteration(_ solver: Solver) throws {
    try report("begins", functions.begins) { $0(functions.user) }
  }

  func solverHasGradients(_ solver: Solver) throws {
    try report("has_gradients", functions.has_gradients) { $0(functions.user) }
  }

  func solver(_ solver: Solver, displayed report: TrainingReport) throws {
    try self.report("displays", functions.displays) {
      $0(functions.user, Int64(report.iteration), report.loss, report.rate)
    }
  }

  func solver(_ solver: Solver, tested report: TestReport) throws {
    let strings = CStrings()
    let names = report.outputs.map { strings.pointer(to: $0.name) }
    let values = report.outputs.map(\.value)
    try self.report("tested", functions.tested) {
      $0(functions.user, Int64(report.iteration), Int64(report.testNet), Int64(values.count), names, values)
    }
    withExtendedLifetime(strings) {}
  }

  func solver(_ solver: Solver, wrote snapshot: SnapshotFiles) throws {
    try report("wrote", functions.wrote) {
      $0(functions.user, Int64(snapshot.iteration), snapshot.model, snapshot.state)
    }
  }

  private func report<Function>(_ name: String, _ function: Function?, _ body: (Function) -> caffe_status) throws {
    guard let function else { return }
    try CallbackFailure.check("the function \(name) of a solver's observer") {
      owner.callingBack { body(function) }
    }
  }
}
