import CaffeCore

extension EngineCase {
  /// Matrix products and inner products.
  package static var gemms: [EngineCase] {
    let sizes = [(1, 1, 1), (3, 5, 7), (16, 16, 16), (17, 33, 9), (1, 40, 25), (40, 1, 25), (12, 10, 1)]
    return sizes.flatMap { rows, columns, inner in
      [(false, false), (false, true), (true, false), (true, true)].map { transposeA, transposeB in
        gemm(
          GemmSpec(
            rows: rows, columns: columns, inner: inner, transposeA: transposeA, transposeB: transposeB, alpha: 0.5,
            beta: rows % 2 == 0 ? 0 : 1.5))
      }
    } + [
      gemm(GemmSpec(rows: 6, columns: 7, inner: 0, beta: 0)), gemm(GemmSpec(rows: 6, columns: 7, inner: 0, beta: 1)),
      gemm(GemmSpec(rows: 0, columns: 7, inner: 3)), gemm(GemmSpec(rows: 4, columns: 0, inner: 3)),
      // Rows of whole pages.
      gemm(GemmSpec(rows: 17, columns: 2048, inner: 300, alpha: 0.5, beta: 1.5)),
      gemm(GemmSpec(rows: 16, columns: 1024, inner: 300, transposeA: true))
    ] + innerProducts
  }

  /// A product at offsets within larger buffers, the rest of which stays.
  private static func gemm(_ spec: GemmSpec) -> EngineCase {
    let transposed = (spec.transposeA ? "T" : "N") + (spec.transposeB ? "T" : "N")
    let name = "gemm/\(spec.rows) x \(spec.columns) x \(spec.inner) \(transposed), beta \(spec.beta)"
    return EngineCase(name, operations: 2 * spec.rows * spec.columns * spec.inner) { engine, stream in
      let a = stream.buffer(spec.rows * spec.inner + 5)
      let b = stream.buffer(spec.inner * spec.columns + 9)
      let part = stream.buffer(spec.rows * spec.columns + 11)
      let whole = spec.beta == 0 ? Buffer.dirty(spec.rows * spec.columns) : stream.buffer(spec.rows * spec.columns)
      return EngineRun([("part of a buffer", part), ("whole buffer", whole)]) {
        engine.gemm(spec, Operand(a, offset: 2), Operand(b, offset: 9), into: Operand(part, offset: 4))
        engine.gemm(spec, Operand(a), Operand(b), into: Operand(whole))
      }
    }
  }

  private static var innerProducts: [EngineCase] {
    let sizes = [(1, 1, 1), (1, 50, 10), (7, 30, 13), (16, 48, 32), (33, 20, 1), (5, 1, 9), (64, 17, 10)]
    return sizes.flatMap { rows, inputs, outputs in
      [false, true].map { transposed in
        innerProduct(
          "innerProduct/\(rows) x \(inputs) to \(outputs)\(transposed ? ", transposed" : "")",
          InnerProductSpec(rows: rows, inputs: inputs, outputs: outputs, transposedWeights: transposed))
      }
    } + [
      innerProduct("innerProduct/no bias", InnerProductSpec(rows: 6, inputs: 21, outputs: 8), bias: false),
      innerProduct("innerProduct/no rows", InnerProductSpec(rows: 0, inputs: 21, outputs: 8)),
      parametersApart
    ]
  }

  package static func innerProduct(
    _ name: String, _ spec: InnerProductSpec, bias: Bool = true, size: Size = .small
  ) -> EngineCase {
    let operations = 6 * spec.rows * spec.inputs * spec.outputs
    return EngineCase(name, size: size, operations: operations) { engine, stream in
      let plan = try engine.planInnerProduct(spec)
      let x = stream.buffer(spec.rows * spec.inputs)
      let w = stream.buffer(spec.inputs * spec.outputs)
      let b = bias ? stream.buffer(spec.outputs) : nil
      let y = Buffer.dirty(spec.rows * spec.outputs)
      let dy = stream.buffer(spec.rows * spec.outputs)
      let dx = Buffer.dirty(x.count)
      let dw = stream.buffer(w.count)
      let db = b.map { stream.buffer($0.count) }
      var inputs = [("input", x, dx), ("weights", w, dw)]
      if let b, let db { inputs.append(("bias", b, db)) }
      return EngineRun(
        EngineDerivative(inputs: inputs, output: y, outputGradient: dy) {
          plan.forward(input: x, weights: w, bias: b, output: y)
        } backward: {
          plan.backwardData(outputGradient: dy, weights: w, inputGradient: dx)
          plan.backwardParameters(input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)
        })
    }
  }

  private static var parametersApart: EngineCase {
    EngineCase("innerProduct/gradients one at a time") { engine, stream in
      let plan = try engine.planInnerProduct(InnerProductSpec(rows: 9, inputs: 12, outputs: 7))
      let (x, dy) = (stream.buffer(9 * 12), stream.buffer(9 * 7))
      let (dw, db) = (stream.buffer(12 * 7), stream.buffer(7))
      return EngineRun([("gradient of weights", dw), ("gradient of bias", db)]) {
        plan.backwardParameters(input: x, outputGradient: dy, weightGradient: nil, biasGradient: db)
        plan.backwardParameters(input: x, outputGradient: dy, weightGradient: dw, biasGradient: nil)
        plan.backwardParameters(input: x, outputGradient: dy, weightGradient: nil, biasGradient: nil)
      }
    }
  }
}
