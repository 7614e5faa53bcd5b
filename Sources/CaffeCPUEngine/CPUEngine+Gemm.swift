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
    // Compiled code and panels of both matrices, as measured.
    guard !rehearses else { return Rehearsal.current?.noteLibrary(count * (4 << 20)) ?? () }
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
