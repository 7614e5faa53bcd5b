import CaffeCore

extension ReferenceEngine: GemmOps {
  /// Computes `C = alpha · op(A) · op(B) + beta · C` over row-major matrices that begin at offsets in buffers.
  public func gemm(_ spec: GemmSpec, _ a: Operand, _ b: Operand, into c: Operand) {
    let x = a.buffer.hostForReading() + a.offset
    let y = b.buffer.hostForReading() + b.offset
    let target = c.buffer.hostForUpdating() + c.offset
    withSums(spec.columns) { sums in
      for row in 0..<spec.rows {
        sums.update(repeating: 0, count: spec.columns)
        sumRow(row, of: spec, x, y, into: sums)
        let output = target + row * spec.columns
        for column in 0..<spec.columns {
          let held = spec.beta == 0 ? 0 : Double(spec.beta) * Double(output[column])
          output[column] = Float(Double(spec.alpha) * sums[column] + held)
        }
      }
    }
  }

  /// Computes one row of `op(A) · op(B)`, along the rows of B as it is stored.
  private func sumRow(
    _ row: Int, of spec: GemmSpec, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    into sums: UnsafeMutablePointer<Double>
  ) {
    if spec.transposeB, !spec.transposeA {
      for column in 0..<spec.columns {
        sums[column] = dotProduct(a + row * spec.inner, b + column * spec.inner, count: spec.inner)
      }
      return
    }
    for k in 0..<spec.inner {
      let value = spec.transposeA ? a[k * spec.rows + row] : a[row * spec.inner + k]
      if spec.transposeB {
        for column in 0..<spec.columns { sums[column] += Double(value) * Double(b[column * spec.inner + k]) }
      } else {
        accumulate(value, b + k * spec.columns, into: sums, count: spec.columns)
      }
    }
  }

  /// Prepares products of a batch of rows with one weight matrix.
  public func planInnerProduct(_ spec: InnerProductSpec) -> any InnerProductPlan {
    ReferenceInnerProduct(spec, engine: self)
  }
}

/// An inner product as its three matrix products.
private final class ReferenceInnerProduct: InnerProductPlan {
  let method = "loops"
  private let spec: InnerProductSpec
  private let engine: ReferenceEngine

  init(_ spec: InnerProductSpec, engine: ReferenceEngine) {
    self.spec = spec
    self.engine = engine
  }

  /// Y = X · op(W) + 1 · bᵀ.
  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let product = GemmSpec(
      rows: spec.rows, columns: spec.outputs, inner: spec.inputs, transposeB: !spec.transposedWeights)
    engine.gemm(product, Operand(input), Operand(weights), into: Operand(output))
    guard let b = bias?.hostForReading() else { return }
    let y = output.hostForUpdating()
    for row in 0..<spec.rows {
      for column in 0..<spec.outputs { y[row * spec.outputs + column] += b[column] }
    }
  }

  /// dX = dY · op(W)ᵀ.
  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let product = GemmSpec(
      rows: spec.rows, columns: spec.inputs, inner: spec.outputs, transposeB: spec.transposedWeights)
    engine.gemm(product, Operand(outputGradient), Operand(weights), into: Operand(inputGradient))
  }

  /// dW += dYᵀ · X, transposed where W is; db += the sum of dY's rows.
  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    if let weightGradient {
      let (rows, columns) = spec.transposedWeights ? (spec.inputs, spec.outputs) : (spec.outputs, spec.inputs)
      let product = GemmSpec(rows: rows, columns: columns, inner: spec.rows, transposeA: true, beta: 1)
      let (a, b) = spec.transposedWeights ? (input, outputGradient) : (outputGradient, input)
      engine.gemm(product, Operand(a), Operand(b), into: Operand(weightGradient))
    }
    guard let biasGradient else { return }
    let dy = outputGradient.hostForReading()
    let db = biasGradient.hostForUpdating()
    for column in 0..<spec.outputs {
      var sum = 0.0
      for row in 0..<spec.rows { sum += Double(dy[row * spec.outputs + column]) }
      db[column] += Float(sum)
    }
  }
}
