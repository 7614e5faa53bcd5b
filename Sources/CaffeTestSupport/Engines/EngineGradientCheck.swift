import CaffeCore

extension EngineComparison {
  /// Checks the gradients of every case that has some against differences of its output.
  ///
  /// Of every input, up to `samples` values are moved. Cases of over `limit` operations are passed over.
  package static func checkGradients(
    on engine: any Engine, cases: [EngineCase], samples: Int = 12, limit: Int = 300_000
  ) -> [EngineResult] {
    cases.flatMap { engineCase -> [EngineResult] in
      guard engineCase.operations <= limit else { return [] }
      do {
        guard let derivative = try engineCase.prepare(on: engine).derivative else { return [] }
        return try GradientCheck(derivative, samples: samples).results(name: engineCase.name)
      } catch {
        return [EngineResult(name: engineCase.name, problem: "\(error)")]
      }
    }
  }
}

/// Compares the gradients that an engine computes with central differences of order four.
private struct GradientCheck {
  private let derivative: EngineDerivative
  private let samples: Int
  private let seeds: [Float]
  /// Small enough for smooth functions, large enough for single precision; inputs keep twice this away from kinks.
  private let step: Float = 0x1p-6

  init(_ derivative: EngineDerivative, samples: Int) {
    self.derivative = derivative
    self.samples = samples
    seeds = derivative.outputGradient.values
  }

  func results(name: String) throws -> [EngineResult] {
    for input in derivative.inputs { input.gradient.set(Array(repeating: 0, count: input.gradient.count)) }
    try derivative.forward()
    try derivative.backward()
    let gradients = derivative.inputs.map(\.gradient.values)
    return try zip(derivative.inputs, gradients).map { input, gradient in
      let difference = try worstDifference(of: input.value, gradient: gradient)
      return EngineResult(name: name, output: "gradient of \(input.name)", difference: difference)
    }
  }

  private func worstDifference(of input: Buffer, gradient: [Float]) throws -> Difference {
    let indices = stride(from: 0, to: input.count, by: max(1, input.count / samples))
    let want = try indices.map { Float(try slope(of: input, at: $0)) }
    return Tolerance(relative: 1e-3).worstGradient(got: indices.map { gradient[$0] }, want: want)
  }

  /// (8 (f(+h) − f(−h)) − (f(+2h) − f(−2h))) / 12h, where f is the sum of the outputs, weighted with their gradients.
  private func slope(of input: Buffer, at index: Int) throws -> Double {
    let held = input[index]
    func value(_ steps: Float) throws -> Double {
      input[index] = held + steps * step
      try derivative.forward()
      return zip(derivative.output.values, seeds).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let near = try value(1) - value(-1)
    let far = try value(2) - value(-2)
    input[index] = held
    return (8 * near - far) / (12 * Double(step))
  }
}

extension Tolerance {
  /// As for results, with room for the rounding of single precision in the differences.
  fileprivate func worstGradient(got: [Float], want: [Float]) -> Difference {
    var difference = worstDifference(got: got, want: want)
    let largest = want.reduce(1e-2) { max($0, Double(abs($1))) }
    difference.allowed += 3e-4 * largest + 2e-5
    return difference
  }
}
