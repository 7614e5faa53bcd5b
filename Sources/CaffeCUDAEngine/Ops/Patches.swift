import CCUDA
import CaffeCore

extension caffe_gpu_patches {
  /// The most spatial axes that kernels take.
  static let mostAxes = Int(CAFFE_PATCH_AXES)

  /// The geometry of a convolution's patches; of fewer axes than three, the first are made up.
  init(_ spec: ConvolutionSpec) {
    self.init()
    let missing = max(0, 3 - spec.input.count)
    axes = Int32(missing + spec.input.count)
    channels = Int32(spec.inputChannels)
    plane = Int32(spec.input.reduce(1, *))
    taps = caffe_gpu_divisor(spec.kernel.reduce(1, *))
    places = caffe_gpu_divisor(spec.output.reduce(1, *))
    func filled(_ values: [Int], with value: Int) -> [Int] { Array(repeating: value, count: missing) + values }
    caffe_gpu_patches.fill(&input, filled(spec.input, with: 1).map { caffe_gpu_divisor($0) })
    caffe_gpu_patches.fill(&kernel, filled(spec.kernel, with: 1).map { caffe_gpu_divisor($0) })
    caffe_gpu_patches.fill(&output, filled(spec.output, with: 1).map { caffe_gpu_divisor($0) })
    caffe_gpu_patches.fill(&stride, filled(spec.stride, with: 1).map { Int32($0) })
    caffe_gpu_patches.fill(&padding, filled(spec.padding, with: 0).map { Int32($0) })
    caffe_gpu_patches.fill(&dilation, filled(spec.dilation, with: 1).map { Int32($0) })
  }

  private static func fill<Room, Value>(_ room: inout Room, _ values: [Value]) {
    withUnsafeMutableBytes(of: &room) { room in
      values.withUnsafeBytes { room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(room.count))) }
    }
  }
}

extension CUDADevice {
  /// Fills columns, `channels · taps` rows of `images · places` values, from images.
  func im2col(_ x: UInt64, columns: UInt64, _ patches: caffe_gpu_patches, images: Int) {
    let (rows, places) = (Int(patches.channels) * Int(patches.taps.divisor), images * Int(patches.places.divisor))
    let threads = UInt32.threads(for: places)
    // Each thread takes some values, so that it pays to find out where its row is.
    let parts = min(max(1, places / (4 * Int(threads))), 65_535)
    launch(
      .im2col, LaunchShape(grid: (UInt32(rows), UInt32(parts), 1), block: threads), x, columns, patches,
      caffe_gpu_divisor(images))
  }

  /// Fills images with the sums of what `im2col` would have copied from each value.
  func col2im(columns: UInt64, _ x: UInt64, _ patches: caffe_gpu_patches, images: Int) {
    let count = Int(patches.channels) * images * Int(patches.plane)
    launch(
      .col2im, .over(count), columns, x, count, patches, caffe_gpu_divisor(Int(patches.plane)),
      caffe_gpu_divisor(Int(patches.channels)), Int32(images))
  }
}

extension CUDAEngine: PatchOps {
  /// Copies what every value of the kernel meets at every place, 0 where that is padding.
  public func im2col(_ spec: ConvolutionSpec, input: Buffer, columns: Buffer) {
    guard let spec = patchSpec(spec) else { return }
    let x = read(input)
    device.im2col(x, columns: write(columns, spec.columnCount), caffe_gpu_patches(spec), images: 1)
  }

  /// Computes `input` as the sums of all that `im2col` would have copied from each of its places.
  public func col2im(_ spec: ConvolutionSpec, columns: Buffer, input: Buffer) {
    guard let spec = patchSpec(spec) else { return }
    let x = read(columns)
    device.col2im(columns: x, write(input, spec.inputCount), caffe_gpu_patches(spec), images: 1)
  }

  /// All images as channels of one; nothing where there is nothing to do.
  private func patchSpec(_ spec: ConvolutionSpec) -> ConvolutionSpec? {
    if let problem = spec.axisProblem { device.fail(problem) }
    var spec = spec
    spec.inputChannels *= spec.images
    spec.images = 1
    return spec.inputCount > 0 && spec.columnCount > 0 && device.failure == nil ? spec : nil
  }
}

extension ConvolutionSpec {
  /// Values in the columns of an image.
  var columnCount: Int { inputChannels * kernel.reduce(1, *) * output.reduce(1, *) }

  /// What is wrong with the number of axes.
  var axisProblem: CaffeError? {
    guard input.count > caffe_gpu_patches.mostAxes else { return nil }
    return CaffeError(
      .unsupported,
      "a convolution over \(input.count) axes on a GPU: it takes at most \(caffe_gpu_patches.mostAxes); compute on the CPU: "
        + "leave out --gpu")
  }
}

extension Kernel {
  fileprivate static let im2col = Kernel("patches", "im2col")
  fileprivate static let col2im = Kernel("patches", "col2im")
}
