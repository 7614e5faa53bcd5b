import CCaffe
import CaffeCore
import CaffeNet
import CaffeSolvers

/// A blob behind a handle.
final class BlobBox: Held, @unchecked Sendable {
  static var kindName: String { "blob" }
  let blob: Blob
  let owner: Owner

  init(_ blob: Blob, _ owner: Owner) {
    self.blob = blob
    self.owner = owner
  }
}

/// A window on a blob's values: it keeps the memory that it was opened on.
final class ViewBox: Held, @unchecked Sendable {
  static var kindName: String { "view" }
  let memory: AlignedMemory
  private let owner: Owner

  init(_ buffer: Buffer, _ owner: Owner) {
    self.owner = owner
    memory = owner.view(of: buffer)
  }

  deinit { owner.close(memory) }
}

/// A net behind a handle.
final class NetBox: Held, @unchecked Sendable {
  static var kindName: String { "net" }
  let net: Net
  let owner: Owner
  let strings = CStrings()
  let hooks: LayerHooks

  init(_ net: Net, _ owner: Owner) {
    self.net = net
    self.owner = owner
    hooks = LayerHooks(owner)
  }
}

/// A solver behind a handle.
final class SolverBox: Held, @unchecked Sendable {
  static var kindName: String { "solver" }
  let solver: Solver
  let owner: Owner
  let net: NetBox
  let testNets: [NetBox]

  init(_ solver: Solver, _ owner: Owner) {
    self.solver = solver
    self.owner = owner
    net = NetBox(solver.net, owner)
    testNets = solver.testNets.map { NetBox($0, owner) }
  }
}

/// A layer of the caller's own, while its parameters are made.
final class LayerBox: Held, @unchecked Sendable {
  static var kindName: String { "layer" }
  /// The layer keeps its box.
  private(set) weak var layer: CallbackLayer?

  init(_ layer: CallbackLayer) { self.layer = layer }
}
