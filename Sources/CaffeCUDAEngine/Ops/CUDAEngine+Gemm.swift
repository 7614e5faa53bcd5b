import CCUDA
import CaffeCore

extension CUDAEngine: GemmOps {
  /// Computes `C = alpha · op(A) · op(B) + beta · C` over row-major matrices that begin at offsets in buffers.
  public func gemm(_ spec: GemmSpec, _ a: Operand, _ b: Operand, into c: Operand) {
    let count = spec.rows * spec.columns
    guard count > 0 else { return }
    let (x, y) = (read(a), read(b))
    let target = spec.beta == 0 ? write(c, count) : update(c)
    device.multiply(
      MatrixProduct(
        spec: spec, a: MatrixProduct.Matrix(address: x), b: MatrixProduct.Matrix(address: y),
        c: MatrixProduct.Matrix(address: target)))
  }

  /// Prepares products of a batch of rows with one weight matrix.
  public func planInnerProduct(_ spec: InnerProductSpec) -> any InnerProductPlan {
    CUDAInnerProduct(spec, engine: self)
  }
}

/// An inner product as its three matrix products.
private final class CUDAInnerProduct: InnerProductPlan {
  let method = "cuBLAS"
  private let spec: InnerProductSpec
  private let engine: CUDAEngine

  init(_ spec: InnerProductSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
  }

  /// Y = X · op(W) + 1 · bᵀ.
  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let product = GemmSpec(
      rows: spec.rows, columns: spec.outputs, inner: spec.inputs, transposeB: !spec.transposedWeights)
    engine.gemm(product, Operand(input), Operand(weights), into: Operand(output))
    let count = spec.rows * spec.outputs
    guard let bias, count > 0 else { return }
    let b = engine.read(bias)
    engine.device.launch(.addRow, .over(count), engine.update(output), b, count, caffe_gpu_divisor(spec.outputs))
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
      let (a, b) = spec.transposedWeights ? (input, outputGradient) : (outputGradient, input)
      let (x, y) = (engine.read(a), engine.read(b))
      let (target, isZero) = engine.accumulate(weightGradient, rows * columns)
      let product = GemmSpec(
        rows: rows, columns: columns, inner: spec.rows, transposeA: true, beta: isZero ? 0 : 1)
      engine.device.multiply(
        MatrixProduct(
          spec: product, a: MatrixProduct.Matrix(address: x), b: MatrixProduct.Matrix(address: y),
          c: MatrixProduct.Matrix(address: target)))
    }
    guard let biasGradient else { return }
    let shape = ChannelSpec(outer: spec.rows, channels: spec.outputs, inner: 1)
    engine.sumChannels(shape, outputGradient, times: nil, alpha: 1, beta: 1, into: biasGradient)
  }
}

extension Kernel {
  fileprivate static let addRow = Kernel("patches", "add_row")
}
