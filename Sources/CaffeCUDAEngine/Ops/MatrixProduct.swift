import CCUDA
import CaffeCore

/// Products of row-major matrices at addresses of a device: one, or several in equal steps.
struct MatrixProduct: Hashable {
  /// A matrix, and where the next one is.
  struct Matrix: Hashable {
    var address: UInt64
    /// Values from one matrix to the next.
    var step = 0
    /// Values from one row to the next, where there are others between.
    var row: Int?
  }

  var spec: GemmSpec
  var a: Matrix
  var b: Matrix
  var c: Matrix
  /// How many products.
  var count = 1
}

extension CUDADevice {
  /// Asks for products.
  func multiply(_ product: MatrixProduct) {
    let spec = product.spec
    guard spec.rows > 0, spec.columns > 0, product.count > 0 else { return }
    // The library's matrices are column-major, so that ours are transposed there, and their product is Cᵀ = op(B)ᵀ · op(A)ᵀ.
    let (blas, sgemmStrided, sgemm) = (blas, libraries.cublas.sgemmStrided, libraries.cublas.sgemm)
    guard let sgemmStrided, let sgemm else { return }
    let (rows, columns, inner) = (Int32(spec.columns), Int32(spec.rows), Int32(spec.inner))
    let transposes = (CUDADevice.form(spec.transposeB), CUDADevice.form(spec.transposeA))
    let strideA = max(1, Int32(product.a.row ?? (spec.transposeA ? spec.rows : spec.inner)))
    let strideB = max(1, Int32(product.b.row ?? (spec.transposeB ? spec.inner : spec.columns)))
    call(product.hashValue, "a matrix product", by: .cublas) {
      withUnsafePointer(to: spec.alpha) { alpha in
        withUnsafePointer(to: spec.beta) { beta in
          if product.count == 1 {
            return sgemm(
              blas, transposes.0, transposes.1, rows, columns, inner, alpha, product.b.address, strideB,
              product.a.address, strideA, beta, product.c.address, rows)
          }
          return sgemmStrided(
            blas, transposes.0, transposes.1, rows, columns, inner, alpha, product.b.address, strideB,
            Int64(product.b.step), product.a.address, strideA, Int64(product.a.step), beta, product.c.address, rows,
            Int64(product.c.step), Int32(product.count))
        }
      }
    }
  }

  private static func form(_ isTransposed: Bool) -> Int32 {
    (isTransposed ? CAFFE_CUBLAS_TRANSPOSED : CAFFE_CUBLAS_PLAIN).status
  }
}
