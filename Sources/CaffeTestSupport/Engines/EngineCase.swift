import CaffeCore

/// One thing that an engine computes, on inputs that depend only on the case's name: so that any two engines can be
/// compared on it, its gradients checked, and its time taken.
package struct EngineCase: Sendable {
  /// How much there is to compute.
  package enum Size: Hashable, Sendable {
    /// Quick on the slowest engine in a debug build.
    case small
    /// A layer of a real net.
    case large
  }

  /// "family/what is special".
  package let name: String
  /// How far results may differ.
  package let tolerance: Tolerance
  /// How much there is to compute.
  package let size: Size
  /// Multiplications and additions of one computation, each counted; 0 where nobody counts them.
  package let operations: Int
  private let make: @Sendable (any Engine, inout RandomStream) throws -> EngineRun

  package init(
    _ name: String, tolerance: Tolerance = .sums, size: Size = .small, operations: Int = 0,
    make: @escaping @Sendable (any Engine, inout RandomStream) throws -> EngineRun
  ) {
    self.name = name
    self.tolerance = tolerance
    self.size = size
    self.operations = operations
    self.make = make
  }

  /// The same, where the factors of products are rounded to ten bits. After several layers rectifiers choose otherwise here and there.
  package var allowingRoundedFactors: EngineCase {
    guard tolerance.relative >= Tolerance.sums.relative else { return self }
    return EngineCase(
      name, tolerance: .rounded(name.contains("chain") ? 3e-2 : 3e-3), size: size, operations: operations, make: make)
  }

  /// Makes plans, inputs and outputs on `engine`.
  package func prepare(on engine: any Engine) throws -> EngineRun {
    var stream = RandomSource(seed: 1).stream(name)
    return try make(engine, &stream)
  }

  /// All small cases, then all large ones.
  package static var all: [EngineCase] { small + large }

  /// Cases that together cover every operation over shapes of every kind.
  package static var small: [EngineCase] {
    memory + maps + eltwise + reductions + gemms + convolutions + poolings + normalizations + softmaxes + losses
      + updates + randoms + chains + randomized(count: 40, seed: 1) + broadcasts + standardizations + rowReductions
      + indexings + regions + stochasticPoolings + otherLosses + recurrences + normalizedChains + finished + pictures
  }

  /// Layers of real nets.
  package static var large: [EngineCase] { largeConvolutions + largeLayers }
}

/// A case on an engine, ready to compute.
package struct EngineRun {
  /// What is compared afterwards.
  package var outputs: [(name: String, buffer: Buffer)]
  /// Computes; more than once when times are taken.
  package var compute: () throws -> Void
  /// How to check it by differences, where that can be.
  package var derivative: EngineDerivative?

  package init(_ outputs: [(name: String, buffer: Buffer)], compute: @escaping () throws -> Void) {
    self.outputs = outputs
    self.compute = compute
  }

  /// A run forwards and back, all of whose results are compared.
  ///
  /// `also` are results beyond the output and the gradients; the gradients of `unchecked` inputs can't be had by
  /// differences, for example at a kink.
  package init(_ derivative: EngineDerivative, also: [(name: String, buffer: Buffer)] = [], checkable: Bool = true) {
    outputs = [("output", derivative.output)]
    outputs += derivative.inputs.map { ("gradient of \($0.name)", $0.gradient) } + also
    compute = {
      try derivative.forward()
      try derivative.backward()
    }
    if checkable { self.derivative = derivative }
  }
}

/// An output as a function of inputs, with the gradients that the engine says it has.
package struct EngineDerivative {
  /// The inputs and where `backward` puts, or adds, their gradients.
  package var inputs: [(name: String, value: Buffer, gradient: Buffer)]
  package var output: Buffer
  package var outputGradient: Buffer
  package var forward: () throws -> Void
  package var backward: () throws -> Void
}
