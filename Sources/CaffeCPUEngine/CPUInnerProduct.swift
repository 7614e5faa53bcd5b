import CKernels
import COneDNN
import CaffeCore

/// Inner products: in lanes where the input is, or where large weights are read but once that way; otherwise by oneDNN's gemm over
/// plain rows.
final class CPUInnerProduct: InnerProductPlan {
  private(set) var method = "gemm"
  private let spec: InnerProductSpec
  private let workers: Workers
  private let input: LanesForm
  private let output: LanesForm
  /// Whether the gradient of the last forward's input goes back in lanes.
  private var returnsLanes = false
  /// Whether the weights are so large that reading them is what takes the time.
  private let isLarge: Bool

  /// With vectors of eight oneDNN's gemm is the quicker one.
  private let computesWide = caffe_dnnl_channel_block() != 8

  init(_ spec: InnerProductSpec, workers: Workers) {
    self.spec = spec
    self.workers = workers
    input = LanesForm(rows: spec.rows, values: spec.inputs)
    output = LanesForm(rows: spec.rows, values: spec.outputs)
    isLarge = spec.inputs.multipliedReportingOverflow(by: spec.outputs).partialValue >= 1 << 20
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let cameInLanes = input.lanesForm == self.input
    returnsLanes = cameInLanes && !isLarge
    let w = weights.hostForReading()
    let b = bias?.hostForReading()
    if cameInLanes || (isLarge && computesWide && self.input.isWellFilled && !spec.transposedWeights) {
      method = "lanes of images"
      let x = input.lanesForReading(self.input, workers)
      multiply(
        x, self.input, w, b, output.lanesForOverwriting(self.output, workers), self.output,
        inputStep: spec.transposedWeights ? spec.outputs : 1, outputStep: spec.transposedWeights ? 1 : spec.inputs)
      return output.clearLanesTail()
    }
    let y = output.plainForWriting(spec.rows * spec.outputs)
    if spec.rows == 1, !spec.transposedWeights {
      method = "dot products"
      return multiply(input.hostForReading(), w, b, y)
    }
    method = "gemm"
    workers.gemm(
      GemmSpec(rows: spec.rows, columns: spec.outputs, inner: spec.inputs, transposeB: !spec.transposedWeights),
      input.hostForReading(), w, y)
    if let b, !workers.rehearses { caffe_add_rows(b, y, spec.rows, spec.outputs) }
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let w = weights.hostForReading()
    if returnsLanes {
      let dy = outputGradient.lanesForReading(output, workers)
      multiply(
        dy, output, w, nil, inputGradient.lanesForOverwriting(input, workers), input,
        inputStep: spec.transposedWeights ? 1 : spec.inputs, outputStep: spec.transposedWeights ? spec.outputs : 1)
    } else {
      workers.gemm(
        GemmSpec(rows: spec.rows, columns: spec.inputs, inner: spec.outputs, transposeB: spec.transposedWeights),
        outputGradient.hostForReading(), w, inputGradient.plainForWriting(spec.rows * spec.inputs))
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    let dy = outputGradient.hostForReading()
    if let weightGradient {
      let x = input.hostForReading()
      let (dw, areZero) = weightGradient.plainForSums()
      let beta: Float = areZero ? 0 : 1
      if spec.transposedWeights {
        workers.gemm(
          GemmSpec(rows: spec.inputs, columns: spec.outputs, inner: spec.rows, transposeA: true, beta: beta), x, dy,
          dw)
      } else {
        workers.gemm(
          GemmSpec(rows: spec.outputs, columns: spec.inputs, inner: spec.rows, transposeA: true, beta: beta), dy,
          x, dw)
      }
    }
    if let biasGradient {
      let db = biasGradient.hostForUpdating()
      workers.split(spec.outputs, bytes: spec.rows * 4) { first, last in
        caffe_sum_rows(dy, db, self.spec.rows, self.spec.outputs, first, last)
      }
    }
  }

  /// One vector: each weight is read once, in the order in which it lies in memory.
  private func multiply(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    workers.split(spec.outputs, bytes: spec.inputs * 4, multiple: 1) { first, last in
      caffe_dot_products(x, weights, bias, y, self.spec.inputs, first, last)
    }
  }

  private func multiply(
    _ x: UnsafePointer<Float>, _ source: LanesForm, _ weights: UnsafePointer<Float>, _ bias: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>, _ target: LanesForm, inputStep: Int, outputStep: Int
  ) {
    let product = caffe_lanes_product(
      blocks: Int32(source.blocks), inputs: source.values, x_stride: source.blockCount, y_stride: target.blockCount,
      input_step: inputStep, output_step: outputStep)
    withUnsafePointer(to: product) { product in
      workers.split(target.values, bytes: source.values * 4 * source.blocks, multiple: 6) { first, last in
        caffe_lanes_inner_product(product, x, weights, bias, y, Int32(first), Int32(last))
      }
    }
  }
}
