import CKernels
import COneDNN
import CaffeCore

extension CPUEngine: GemmOps {
  /// Computes `C = alpha · op(A) · op(B) + beta · C` over row-major matrices that begin at offsets in buffers.
  public func gemm(_ spec: GemmSpec, _ a: Operand, _ b: Operand, into c: Operand) {
    let left = a.buffer.hostForReading() + a.offset
    let right = b.buffer.hostForReading() + b.offset
    workers.gemm(spec, left, right, c.buffer.hostForUpdating() + c.offset)
  }

  /// Prepares products of a batch of rows with one weight matrix.
  public func planInnerProduct(_ spec: InnerProductSpec) -> any InnerProductPlan {
    CPUInnerProduct(spec, workers: workers)
  }
}

extension Workers {
  /// The product of row-major matrices without gaps, by oneDNN.
  func gemm(
    _ spec: GemmSpec, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
  ) {
    guard spec.rows > 0, spec.columns > 0 else { return }
    guard spec.inner > 0 else {
      let count = spec.rows * spec.columns
      return spec.beta == 0 ? caffe_fill(c, 0, count) : caffe_axpby(0, c, spec.beta, c, count)
    }
    let status = caffe_dnnl_sgemm(
      spec.transposeA, spec.transposeB, spec.rows, spec.columns, spec.inner, spec.alpha, a,
      spec.transposeA ? spec.rows : spec.inner, b, spec.transposeB ? spec.inner : spec.columns, spec.beta, c,
      spec.columns, Int32(count))
    precondition(status == 0, "oneDNN's gemm: \(String(cString: caffe_dnnl_status_text(status))) for \(spec)")
  }
}

/// Inner products by oneDNN's gemm over plain rows.
private final class CPUInnerProduct: InnerProductPlan {
  private let spec: InnerProductSpec
  private let workers: Workers

  init(_ spec: InnerProductSpec, workers: Workers) {
    self.spec = spec
    self.workers = workers
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let y = output.plainForWriting(spec.rows * spec.outputs)
    workers.gemm(
      GemmSpec(
        rows: spec.rows, columns: spec.outputs, inner: spec.inputs, transposeB: !spec.transposedWeights),
      input.hostForReading(), weights.hostForReading(), y)
    if let bias { caffe_add_rows(bias.hostForReading(), y, spec.rows, spec.outputs) }
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    workers.gemm(
      GemmSpec(
        rows: spec.rows, columns: spec.inputs, inner: spec.outputs, transposeB: spec.transposedWeights),
      outputGradient.hostForReading(), weights.hostForReading(),
      inputGradient.plainForWriting(spec.rows * spec.inputs))
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    let dy = outputGradient.hostForReading()
    if let weightGradient {
      let x = input.hostForReading()
      let dw = weightGradient.hostForUpdating()
      if spec.transposedWeights {
        workers.gemm(
          GemmSpec(rows: spec.inputs, columns: spec.outputs, inner: spec.rows, transposeA: true, beta: 1), x, dy, dw)
      } else {
        workers.gemm(
          GemmSpec(rows: spec.outputs, columns: spec.inputs, inner: spec.rows, transposeA: true, beta: 1), dy, x, dw)
      }
    }
    if let biasGradient {
      let db = biasGradient.hostForUpdating()
      workers.split(spec.outputs, bytes: spec.rows * 4) { first, last in
        caffe_sum_rows(dy, db, self.spec.rows, self.spec.outputs, first, last)
      }
    }
  }
}
