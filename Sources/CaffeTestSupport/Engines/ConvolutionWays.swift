import CaffeCUDAEngine
import CaffeCore

/// Convolutions each of whose passes goes every way that a device has for it, whichever is the quickest there.
package enum ConvolutionWays {
  /// Convolutions of real nets.
  package static let real: [(name: String, spec: ConvolutionSpec)] = [
    ("ResNet/64 channels, 28 x 28", .square(8, 64, 64, input: 28, kernel: 3, padding: 1)),
    ("ResNet/256 channels, 14 x 14", .square(8, 256, 256, input: 14, kernel: 3, padding: 1)),
    ("ResNet/1024 channels to 256", .square(8, 1024, 256, input: 14, kernel: 1))
  ]

  /// The same kinds, small.
  package static let small: [(name: String, spec: ConvolutionSpec)] = [
    ("small/8 channels, 6 x 6", .square(2, 8, 8, input: 6, kernel: 3, padding: 1)),
    ("small/16 channels to 4", .square(2, 16, 4, input: 5, kernel: 1))
  ]

  /// Computes a convolution on `engine` until each pass has gone all its ways, and holds all results to those of `reference`.
  package static func compare(
    _ engine: CUDAEngine, against reference: any Engine, _ name: String, _ spec: ConvolutionSpec,
    roundsFactors: Bool = false
  ) -> [EngineResult] {
    let plain = EngineCase.convolution(name, spec, size: .large)
    let engineCase = roundsFactors ? plain.allowingRoundedFactors : plain
    do {
      let want = try engineCase.prepare(on: reference)
      try want.compute()
      let wanted = want.outputs.map(\.buffer.values)
      let passes = ConvolutionPass.Kind.allCases.map { ConvolutionPass(spec: spec, kind: $0) }
      let ways = try passes.map { try engine.ways(of: $0) }
      return try (0..<(ways.map(\.count).max() ?? 0)).flatMap { round in
        let chosen = ways.map { $0[round % $0.count] }
        for (pass, way) in zip(passes, chosen) { engine.choose(way, for: pass) }
        let got = try engineCase.prepare(on: engine)
        try got.compute()
        let title = "\(name), \(chosen.map(\.name).joined(separator: ", "))"
        return zip(got.outputs, wanted).map { output, values in
          EngineResult(
            name: title, output: output.name,
            difference: engineCase.tolerance.worstDifference(got: output.buffer.values, want: values))
        }
      }
    } catch {
      return [EngineResult(name: name, problem: "\(error)")]
    }
  }
}
