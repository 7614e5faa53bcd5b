import CKernels
import CaffeCore

extension CPUEngine: PatchOps {
  /// Copies what every value of the kernel meets at every place, 0 where that is padding.
  public func im2col(_ spec: ConvolutionSpec, input: Buffer, columns: Buffer) {
    let places = spec.output.reduce(1, *)
    let rows = spec.inputChannels * spec.kernel.reduce(1, *)
    let x = input.hostForReading()
    let y = columns.plainForWriting(spec.images * rows * places)
    withUnsafePointer(to: caffe_patches(spec)) { patches in
      workers.eachRowPart(spec.images, rows, bytes: places * 8) { image, first, last in
        caffe_im2col(patches, x + image * spec.inputCount, y + image * rows * places, first, last)
      }
    }
  }

  /// Computes `input` as the sums of all that `im2col` would have copied from each of its places.
  public func col2im(_ spec: ConvolutionSpec, columns: Buffer, input: Buffer) {
    let kernel = spec.kernel.reduce(1, *)
    let rows = spec.inputChannels * kernel
    let places = spec.output.reduce(1, *)
    let y = columns.hostForReading()
    let x = input.plainForWriting(spec.images * spec.inputCount)
    withUnsafePointer(to: caffe_patches(spec)) { patches in
      workers.eachRowPart(spec.images, spec.inputChannels, bytes: kernel * places * 8) { image, first, last in
        caffe_col2im(patches, y + image * rows * places, x + image * spec.inputCount, first, last)
      }
    }
  }
}

extension caffe_patches {
  /// The patches that a convolution's kernel meets.
  init(_ spec: ConvolutionSpec) {
    precondition(spec.input.count <= Int(CAFFE_MAX_AXES), "\(spec.input.count) spatial axes")
    self.init()
    axes = Int32(spec.input.count)
    set(&input, spec.input)
    set(&kernel, spec.kernel)
    set(&stride, spec.stride)
    set(&padding, spec.padding)
    set(&dilation, spec.dilation)
    set(&output, spec.output)
  }
}

/// Sets the first entries of an array of C, which Swift sees as a tuple.
func set<Tuple>(_ tuple: inout Tuple, _ values: [Int]) {
  withUnsafeMutableBytes(of: &tuple) { bytes in
    for (entry, value) in zip(bytes.bindMemory(to: Int.self).indices, values) {
      bytes.storeBytes(of: value, toByteOffset: entry * MemoryLayout<Int>.stride, as: Int.self)
    }
  }
}
