import CKernels
import CaffeCore

extension Workers {
  /// Adds values to others.
  func add(_ values: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>, count: Int) {
    split(count) { first, last in caffe_axpby(1, values + first, 1, sums + first, last - first) }
  }

  /// Adds values to all of a buffer's.
  func add(_ values: UnsafePointer<Float>, to buffer: Buffer) {
    let (sums, areZero) = buffer.plainForSums()
    split(buffer.count) { first, last in
      caffe_axpby(1, values + first, areZero ? 0 : 1, sums + first, last - first)
    }
  }

  /// Adds the sums of the channels' plain gradients over images and places.
  func addBiasGradient(_ dy: UnsafePointer<Float>, _ bias: Buffer, _ spec: ConvolutionSpec) {
    let db = bias.hostForUpdating()
    let places = spec.output.reduce(1, *)
    split(spec.outputChannels, bytes: spec.images * places * 4, multiple: 1) { first, last in
      for channel in first..<last {
        var sum = 0.0
        for image in 0..<spec.images { sum += caffe_sum(dy + image * spec.outputCount + channel * places, places) }
        db[channel] += Float(sum)
      }
    }
  }
}
