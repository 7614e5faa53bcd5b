import CCaffe
import Caffe
import Foundation

/// Makes a solver of a file.
@c @implementation
public func caffe_solver_open(
  _ file: UnsafePointer<CChar>?, _ type: UnsafePointer<CChar>?, _ solver: UnsafeMutablePointer<caffe_solver_t?>?
) -> caffe_status {
  makeSolver(type, solver) {
    let file = try text(file, "file")
    return { context in
      (try NetReader.readSolver(file: file, notes: { context.log($0) }), file)
    }
  }
}

/// Makes a solver of text.
@c @implementation
public func caffe_solver_parse(
  _ text: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ type: UnsafePointer<CChar>?,
  _ solver: UnsafeMutablePointer<caffe_solver_t?>?
) -> caffe_status {
  makeSolver(type, solver) {
    let content = try CaffeABI.text(text, "text")
    let name = try name.map { try CaffeABI.text($0, "name") } ?? "<text>"
    return { context in
      (try NetReader.parseSolver(text: content, fileName: name, notes: { context.log($0) }), name)
    }
  }
}

private func makeSolver(
  _ type: UnsafePointer<CChar>?, _ solver: UnsafeMutablePointer<caffe_solver_t?>?,
  _ source: () throws -> (Context) throws -> (SolverFile, String)
) -> caffe_status {
  status {
    let target = try needed(solver, "solver")
    let type = try type.map { try text($0, "type") }
    let owner = Owner()
    let context = try Library.shared.context(.train, owner: owner)
    var (read, file) = try source()(context)
    if let type { read.solver.type = type }
    do {
      let made = try owner.exclusively {
        try Solver(read.solver, layerLocations: read.layerLocations, context: context)
      }
      made.observers.append(PreprocessingRecorder())
      target.pointee = HandleTable.shared.insert(SolverBox(made, owner))
    } catch var error as CaffeError {
      if error.location == nil, error.layer == nil { error.location = FileLocation(file: file) }
      throw error
    }
  }
}

/// Frees a solver's handle.
@c @implementation
public func caffe_solver_free(_ solver: caffe_solver_t?) { HandleTable.shared.remove(solver, as: SolverBox.self) }

/// Trains to the end.
@c @implementation
public func caffe_solver_solve(
  _ solver: caffe_solver_t?, _ state: UnsafePointer<CChar>?, _ outcome: UnsafeMutablePointer<Int32>?
) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    let state = try state.map { try text($0, "state") }
    let ended = try box.owner.computing { try box.solver.solve(resuming: state) }
    switch ended {
    case .finished: outcome?.pointee = Int32(CAFFE_FINISHED)
    case .interrupted: outcome?.pointee = Int32(CAFFE_INTERRUPTED)
    case .earlyStopped: outcome?.pointee = Int32(CAFFE_EARLY_STOPPED)
    }
  }
}

/// Trains some iterations.
@c @implementation
public func caffe_solver_step(_ solver: caffe_solver_t?, _ count: Int64) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    guard count >= 0, count <= Int64(Int32.max) else {
      throw ArgumentFault(message: "\(count) iterations asked for; give 0 or more, at most \(Int32.max)")
    }
    try box.owner.computing { try box.solver.step(Int(count)) }
  }
}

/// Goes on from a snapshot.
@c @implementation
public func caffe_solver_restore(_ solver: caffe_solver_t?, _ state: UnsafePointer<CChar>?) -> caffe_status {
  status {
    let (box, state) = (try object(solver, as: SolverBox.self), try text(state, "state"))
    try box.owner.computing { try box.solver.restore(from: state) }
  }
}

/// Writes a snapshot.
@c @implementation
public func caffe_solver_snapshot(
  _ solver: caffe_solver_t?, _ state: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    let files = try box.owner.computing { try box.solver.snapshot() }
    state?.pointee = strdup(files.state)
  }
}

/// Updates the weights.
@c @implementation
public func caffe_solver_apply_update(_ solver: caffe_solver_t?) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    try box.owner.computing { try box.solver.applyUpdate() }
  }
}

/// Tests.
@c @implementation
public func caffe_solver_test(_ solver: caffe_solver_t?) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    try box.owner.computing { _ = try box.solver.test() }
  }
}

/// The number of updates done.
@c @implementation
public func caffe_solver_iteration(
  _ solver: caffe_solver_t?, _ iteration: UnsafeMutablePointer<Int64>?
) -> caffe_status {
  part(of: solver, iteration, "iteration") { Int64($0.solver.iteration) }
}

/// The learning rate of the next iteration.
@c @implementation
public func caffe_solver_rate(_ solver: caffe_solver_t?, _ rate: UnsafeMutablePointer<Float>?) -> caffe_status {
  part(of: solver, rate, "rate") { $0.solver.learningRate }
}

/// Changes the rate to begin with.
@c @implementation
public func caffe_solver_set_base_rate(_ solver: caffe_solver_t?, _ rate: Float) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    try box.owner.exclusively { try box.solver.setBaseRate(rate) }
  }
}

/// The mean of the last losses.
@c @implementation
public func caffe_solver_smoothed_loss(
  _ solver: caffe_solver_t?, _ loss: UnsafeMutablePointer<Float>?
) -> caffe_status {
  part(of: solver, loss, "loss") { $0.solver.smoothedLoss }
}

/// The solver's message.
@c @implementation
public func caffe_solver_prototxt(
  _ solver: caffe_solver_t?, _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> caffe_status {
  part(of: solver, text, "text") { strdup($0.solver.parameter.prototxt()) }
}

/// The net that is trained.
@c @implementation
public func caffe_solver_net(_ solver: caffe_solver_t?, _ net: UnsafeMutablePointer<caffe_net_t?>?) -> caffe_status {
  part(of: solver, net, "net") { HandleTable.shared.insert($0.net) }
}

/// The number of test nets.
@c @implementation
public func caffe_solver_test_net_count(
  _ solver: caffe_solver_t?, _ count: UnsafeMutablePointer<Int64>?
) -> caffe_status {
  part(of: solver, count, "count") { Int64($0.testNets.count) }
}

/// A test net.
@c @implementation
public func caffe_solver_test_net(
  _ solver: caffe_solver_t?, _ index: Int64, _ net: UnsafeMutablePointer<caffe_net_t?>?
) -> caffe_status {
  part(of: solver, net, "net") {
    HandleTable.shared.insert($0.testNets[try CaffeABI.index(index, below: $0.testNets.count, "test net")])
  }
}

/// Makes another net's parameters those of the net that is trained.
@c @implementation
public func caffe_solver_share_weights(_ solver: caffe_solver_t?, _ net: caffe_net_t?) -> caffe_status {
  status { try share(try object(net, as: NetBox.self), with: try object(solver, as: SolverBox.self).net) }
}

/// Adds functions that follow the training.
@c @implementation
public func caffe_solver_add_observer(
  _ solver: caffe_solver_t?, _ observer: UnsafePointer<caffe_solver_observer>?
) -> caffe_status {
  status {
    let box = try object(solver, as: SolverBox.self)
    let added = CallbackObserver(try needed(observer, "observer").pointee, box.owner)
    box.owner.exclusively {
      box.solver.observers.append(added)
      let earlier = box.solver.nextRequest
      box.solver.nextRequest = {
        let request = earlier()
        return request == .none ? added.request : request
      }
    }
  }
}

/// Gives the caller a part of a solver.
private func part<Part>(
  of solver: caffe_solver_t?, _ target: UnsafeMutablePointer<Part>?, _ name: String,
  _ body: (SolverBox) throws -> Part
) -> caffe_status {
  status {
    let (box, target) = (try object(solver, as: SolverBox.self), try needed(target, name))
    target.pointee = try box.owner.exclusively { try body(box) }
  }
}
