import CCUDA
import CaffeCore

/// A convolution as products of the kernels with what they meet, which is copied to the columns of a matrix: those of several images
/// side by side, so that products are large. Kernels of one value need no copy.
final class GemmConvolution: ConvolutionPlan {
  let method: String
  private let spec: ConvolutionSpec
  private let engine: CUDAEngine
  private let patches: caffe_gpu_patches
  /// Of a group: outputs, and values of a kernel.
  private let outputs: Int
  private let kernelCount: Int
  private let places: Int
  /// Images whose columns are in the workspace at a time.
  private let chunk: Int
  /// The most parts in which sums over a chunk, the last one included, are computed.
  private lazy var mostPartsOfChunk = (1...chunk).map { parts(of: $0) }.max() ?? 1

  private var device: CUDADevice { engine.device }

  init(_ spec: ConvolutionSpec, engine: CUDAEngine) {
    self.spec = spec
    self.engine = engine
    patches = caffe_gpu_patches(spec)
    outputs = spec.outputChannels / spec.groups
    kernelCount = spec.inputChannels / spec.groups * spec.kernel.reduce(1, *)
    places = spec.places
    let bytes = (spec.columnCount + spec.outputCount) * MemoryLayout<Float>.stride
    let most = max(1, engine.device.options.workspaceLimit / max(bytes, 1))
    // A power of two where not all images go at a time, so that a chunk has parts of one size.
    chunk = most >= spec.images ? max(1, spec.images) : 1 << (Int.bitWidth - 1 - most.leadingZeroBitCount)
    method = spec.isPointwise ? "cuBLAS" : "im2col and cuBLAS"
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    forward(input: input, weights: weights, bias: bias, output: output, finish: ConvolutionFinish())
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    guard spec.images * spec.outputCount > 0 else { return }
    let (x, w, b) = (engine.read(input), engine.read(weights), bias.map { engine.read($0) } ?? 0)
    let addend = finish.addend.map { engine.read($0) } ?? 0
    let y = engine.write(output, spec.images * spec.outputCount)
    let ending = Ending(bias: b, addend: addend, slope: finish.negativeSlope ?? 1)
    if spec.isPointwise {
      forEachPointwise { group, firstImage, count, step in
        multiply(
          GemmSpec(rows: outputs, columns: places, inner: kernelCount), count,
          (at(w, group * outputs * kernelCount), step == .group ? outputs * kernelCount : 0),
          (inputPlace(x, firstImage, group), step == .group ? kernelCount * places : spec.inputCount),
          (outputPlace(y, firstImage, group), step == .group ? outputs * places : spec.outputCount))
      }
      finishSums(y, ending, y, at: 0, images: spec.images, isReordered: false)
      return
    }
    forEachChunk { first, images in
      guard let room = room(images) else { return }
      device.im2col(at(x, first * spec.inputCount), columns: room.columns, patches, images: images)
      let sums = images == 1 ? at(y, first * spec.outputCount) : room.outputs
      multiply(
        GemmSpec(rows: outputs, columns: images * places, inner: kernelCount), spec.groups,
        (w, outputs * kernelCount), (room.columns, kernelCount * images * places), (sums, outputs * images * places))
      finishSums(sums, ending, y, at: first, images: images, isReordered: images > 1)
    }
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    guard spec.images * spec.inputCount > 0 else { return }
    let (dy, w) = (engine.read(outputGradient), engine.read(weights))
    let dx = engine.write(inputGradient, spec.images * spec.inputCount)
    if spec.isPointwise {
      forEachPointwise { group, firstImage, count, step in
        multiply(
          GemmSpec(rows: kernelCount, columns: places, inner: outputs, transposeA: true), count,
          (at(w, group * outputs * kernelCount), step == .group ? outputs * kernelCount : 0),
          (outputPlace(dy, firstImage, group), step == .group ? outputs * places : spec.outputCount),
          (inputPlace(dx, firstImage, group), step == .group ? kernelCount * places : spec.inputCount))
      }
      return
    }
    forEachChunk { first, images in
      guard let room = room(images) else { return }
      let gradient = channelsFirst(dy, first, images, room.outputs)
      multiply(
        GemmSpec(rows: kernelCount, columns: images * places, inner: outputs, transposeA: true), spec.groups,
        (w, outputs * kernelCount), (gradient, outputs * images * places),
        (room.columns, kernelCount * images * places))
      device.col2im(columns: room.columns, at(dx, first * spec.inputCount), patches, images: images)
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    if let weightGradient, spec.weightCount > 0, spec.images * spec.outputCount > 0 {
      let (x, dy) = (engine.read(input), engine.read(outputGradient))
      let (target, isZero) = engine.accumulate(weightGradient, spec.weightCount)
      if addsImages {
        addImages(x, dy, to: target, isZero: isZero)
      } else {
        addChunks(x, dy, to: target, isZero: isZero)
      }
    }
    if let biasGradient { engine.addBiasGradient(spec, outputGradient, to: biasGradient) }
  }

  /// Adds the gradient of the weights to what is at `target`, by a product for each of some images.
  private func addChunks(_ x: UInt64, _ dy: UInt64, to target: UInt64, isZero: Bool) {
    forEachChunk { first, images in
      guard let room = room(images, sums: true) else { return }
      var columns = at(x, first * spec.inputCount)
      if images > 1 || !spec.isPointwise {
        device.im2col(columns, columns: room.columns, patches, images: images)
        columns = room.columns
      }
      let gradient = channelsFirst(dy, first, images, room.outputs)
      addProducts(
        gradient, columns, images: images, to: target, beta: isZero && first == 0 ? 0 : 1, parts: room.sums)
    }
  }

  /// Adds products of outputs' gradients with columns, both rows over all places of some images. The sums are long and few: parts of them
  /// are computed side by side.
  private func addProducts(
    _ gradient: UInt64, _ columns: UInt64, images: Int, to target: UInt64, beta: Float, parts room: UInt64
  ) {
    let count = outputs * kernelCount
    let parts = parts(of: images)
    guard parts > 1 else {
      return multiply(
        GemmSpec(
          rows: outputs, columns: kernelCount, inner: images * places, transposeB: true, beta: beta), spec.groups,
        (gradient, outputs * images * places), (columns, kernelCount * images * places), (target, count))
    }
    let length = images / parts * places
    let row = images * places
    for group in 0..<spec.groups {
      device.multiply(
        MatrixProduct(
          spec: GemmSpec(rows: outputs, columns: kernelCount, inner: length, transposeB: true),
          a: MatrixProduct.Matrix(address: at(gradient, group * outputs * row), step: length, row: row),
          b: MatrixProduct.Matrix(address: at(columns, group * kernelCount * row), step: length, row: row),
          c: MatrixProduct.Matrix(address: room, step: count), count: parts))
      engine.sum(
        CAFFE_SUM_PLAIN, ChannelSpec(outer: parts, channels: count, inner: 1), room, room, alpha: 1, beta: beta,
        into: at(target, group * count))
    }
  }

  /// In how many parts of the images, of the same size, the sums of a group are computed: enough that all of a device has something to do.
  private func parts(of images: Int) -> Int {
    let tiles = ((outputs + 127) / 128) * ((kernelCount + 127) / 128)
    let wanted = max(1, min(images, GemmConvolution.busyTiles / max(tiles, 1), GemmConvolution.mostParts))
    return (1...wanted).last { images % $0 == 0 && images / $0 * places >= 256 } ?? 1
  }

  /// So many tiles of 128 × 128 sums fill a device.
  private static let busyTiles = 264
  private static let mostParts = 32

  /// Whether the gradient of the weights is the sum of a matrix for each image, which takes no columns: less to write where these are
  /// smaller than the images.
  private var addsImages: Bool {
    spec.isPointwise && spec.groups == 1 && spec.images > 1 && spec.weightCount < spec.inputCount + spec.outputCount
      && spec.images * spec.weightCount * MemoryLayout<Float>.stride <= device.options.workspaceLimit
  }

  private func addImages(_ x: UInt64, _ dy: UInt64, to target: UInt64, isZero: Bool) {
    guard let room = device.room(ofValues: spec.images * spec.weightCount) else { return }
    multiply(
      GemmSpec(rows: outputs, columns: kernelCount, inner: places, transposeB: true), spec.images,
      (dy, spec.outputCount), (x, spec.inputCount), (room[0], spec.weightCount))
    engine.sum(
      CAFFE_SUM_PLAIN, ChannelSpec(outer: spec.images, channels: spec.weightCount, inner: 1), room[0], room[0],
      alpha: 1, beta: isZero ? 0 : 1, into: target)
  }
}

// MARK: - Parts

extension GemmConvolution {
  /// What becomes of sums.
  private struct Ending {
    var bias: UInt64
    var addend: UInt64
    var slope: Float

    var isNothing: Bool { bias == 0 && addend == 0 && slope == 1 }
  }

  /// What one product of several differs from the next by.
  private enum Step { case image, group }

  private func at(_ address: UInt64, _ offset: Int) -> UInt64 {
    address + UInt64(offset * MemoryLayout<Float>.stride)
  }

  private func inputPlace(_ x: UInt64, _ image: Int, _ group: Int) -> UInt64 {
    at(x, image * spec.inputCount + group * kernelCount * places)
  }

  private func outputPlace(_ y: UInt64, _ image: Int, _ group: Int) -> UInt64 {
    at(y, image * spec.outputCount + group * outputs * places)
  }

  /// Goes over images and groups where no columns are needed: all of the one at a time, whichever are more.
  private func forEachPointwise(_ body: (_ group: Int, _ firstImage: Int, _ count: Int, _ step: Step) -> Void) {
    if spec.images >= spec.groups {
      for group in 0..<spec.groups { body(group, 0, spec.images, .image) }
    } else {
      for image in 0..<spec.images { body(0, image, spec.groups, .group) }
    }
  }

  private func forEachChunk(_ body: (_ first: Int, _ images: Int) -> Void) {
    for first in stride(from: 0, to: spec.images, by: chunk) { body(first, min(chunk, spec.images - first)) }
  }

  /// Where columns go, outputs in the order of their channels, and parts of the weights' gradient.
  private struct Room {
    var columns, outputs, sums: UInt64
  }

  private func room(_ images: Int, sums: Bool = false) -> Room? {
    // As large as it is ever needed, so that it is taken once.
    let outputs = chunk == 1 ? 0 : chunk * spec.outputCount
    let parts = sums ? mostPartsOfChunk : 1
    let sumCount = parts > 1 ? parts * spec.weightCount / spec.groups : 0
    guard let places = device.room(ofValues: chunk * spec.columnCount, outputs, sumCount) else { return nil }
    return Room(columns: places[0], outputs: places[1], sums: places[2])
  }

  private func multiply(
    _ product: GemmSpec, _ count: Int, _ a: (UInt64, Int), _ b: (UInt64, Int), _ c: (UInt64, Int)
  ) {
    device.multiply(
      MatrixProduct(
        spec: product, a: MatrixProduct.Matrix(address: a.0, step: a.1),
        b: MatrixProduct.Matrix(address: b.0, step: b.1), c: MatrixProduct.Matrix(address: c.0, step: c.1),
        count: count))
  }

  /// The gradients of some images' outputs as rows that go over all of the images.
  private func channelsFirst(_ dy: UInt64, _ first: Int, _ images: Int, _ room: UInt64) -> UInt64 {
    let source = at(dy, first * spec.outputCount)
    if images == 1 { return source }
    let count = images * spec.outputCount
    device.launch(
      .channelsFirst, .over(count), source, room, count, caffe_gpu_divisor(places), caffe_gpu_divisor(images),
      Int32(spec.outputChannels))
    return room
  }

  private func finishSums(
    _ sums: UInt64, _ ending: Ending, _ y: UInt64, at first: Int, images: Int, isReordered: Bool
  ) {
    guard isReordered || !ending.isNothing else { return }
    let count = images * spec.outputCount
    let addend = ending.addend == 0 ? 0 : at(ending.addend, first * spec.outputCount)
    device.launch(
      .finishConvolution, .over(count), sums, ending.bias, addend, ending.slope, at(y, first * spec.outputCount),
      count, caffe_gpu_divisor(places), caffe_gpu_divisor(spec.outputChannels), Int32(isReordered ? images : 0))
  }
}

extension Kernel {
  fileprivate static let channelsFirst = Kernel("patches", "channels_first")
  static let finishConvolution = Kernel("patches", "finish_convolution")
}
