import CKernels
import CaffeCore

extension Workers {
  /// Finishes a convolution's outputs in a pass of its own, in the form that they are in.
  func apply(_ finish: ConvolutionFinish, to output: Buffer) {
    let lanes = output.lanesForm
    let y: UnsafeMutablePointer<Float>
    let addend: UnsafePointer<Float>?
    if let lanes {
      addend = finish.addend?.lanesForReading(lanes, self)
      _ = output.lanesForReading(lanes, self)
      y = output.lanesForOverwriting(lanes, self)
    } else {
      addend = finish.addend?.hostForReading()
      y = output.hostForUpdating()
    }
    let slope = finish.negativeSlope ?? 1
    split(lanes?.paddedCount ?? output.count, bytes: 8) { first, last in
      caffe_finish_sums(y + first, addend.map { $0 + first }, slope, last - first)
    }
  }
}
