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
    if rehearses { Rehearsal.current?.noteLibrary(count * (4 << 20)) }
    if spec.rowsCollide, spec.columns >= 512 * count { return gemmOfColumns(spec, a, b, c) }
    guard !rehearses else { return }
    guard spec.inner > 0 else {
      let count = spec.rows * spec.columns
      return spec.beta == 0 ? caffe_fill(c, 0, count) : caffe_axpby(0, c, spec.beta, c, count)
    }
    multiply(
      spec, a, b, c, inner: spec.inner, columns: spec.columns, pitch: spec.transposeB ? spec.inner : spec.columns,
      beta: spec.beta, threads: count)
  }

  /// The same over blocks of the second matrix, copied so that their rows lie apart: half a megabyte each, which stays in the second cache.
  private func gemmOfColumns(
    _ spec: GemmSpec, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
  ) {
    let (depth, width) = (256, spec.columns < 1024 * count ? 256 : 512)
    let pitch = width + 16
    withRoom(for: count * depth * pitch) { room in
      each((spec.columns - 1) / width + 1) { part, thread in
        let (first, block) = (part * width, room + thread * depth * pitch)
        let columns = min(width, spec.columns - first)
        for begin in stride(from: 0, to: spec.inner, by: depth) {
          let inner = min(depth, spec.inner - begin)
          for row in 0..<inner {
            (block + row * pitch).update(from: b + (begin + row) * spec.columns + first, count: columns)
          }
          multiply(
            spec, a + (spec.transposeA ? begin * spec.rows : begin), block, c + first, inner: inner, columns: columns,
            pitch: pitch, beta: begin == 0 ? spec.beta : 1, threads: 1)
        }
      }
    }
  }

  /// The product with a second matrix of so many rows and columns, a row of which begins every `pitch` values.
  private func multiply(
    _ spec: GemmSpec, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>,
    inner: Int, columns: Int, pitch: Int, beta: Float, threads: Int
  ) {
    let status = caffe_dnnl_sgemm(
      spec.transposeA, spec.transposeB, spec.rows, columns, inner, spec.alpha, a,
      spec.transposeA ? spec.rows : spec.inner, b, pitch, beta, c, spec.columns, Int32(threads))
    precondition(status == 0, "oneDNN's gemm: \(String(cString: caffe_dnnl_status_text(status))) for \(spec)")
  }
}

extension GemmSpec {
  /// Whether rows of the second matrix begin at the same places of the first cache, as those of a multiple of 4 KB do: with AVX2 oneDNN multiplies
  /// them where they lie, and takes twice the time. With few rows or columns copies would take longer than they save.
  fileprivate var rowsCollide: Bool {
    caffe_dnnl_channel_block() == 8 && !transposeB && columns % 1024 == 0 && rows >= 16 && inner >= 64
  }
}
