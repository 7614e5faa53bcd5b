import CKernels
import CaffeCore

/// Convolution over any number of axes, image by image: the weights times the columns of the image's patches.
final class GemmConvolution: ConvolutionPlan {
  let method = "gemm of columns"
  private let spec: ConvolutionSpec
  private let workers: Workers
  private let patches: caffe_patches

  /// Output places of an image.
  private let places: Int
  /// Rows of the matrix of columns: input channels times kernel values.
  private let depth: Int
  /// Whether an image is its own matrix of columns.
  private let isPointwise: Bool

  init(_ spec: ConvolutionSpec, workers: Workers) {
    self.spec = spec
    self.workers = workers
    places = spec.output.reduce(1, *)
    depth = spec.inputChannels * spec.kernel.reduce(1, *)
    isPointwise =
      spec.kernel.allSatisfy { $0 == 1 } && spec.stride.allSatisfy { $0 == 1 } && spec.padding.allSatisfy { $0 == 0 }
    patches = caffe_patches(spec)
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let x = input.hostForReading()
    let w = weights.hostForReading()
    let y = output.plainForWriting(spec.images * spec.outputCount)
    eachImage { image, room in
      let columns = columns(of: x + image * spec.inputCount, in: room)
      eachGroup { group in
        workers.gemm(
          GemmSpec(rows: group.channels, columns: places, inner: group.depth), w + group.weights,
          columns + group.columns, y + image * spec.outputCount + group.outputs)
      }
    }
    guard let bias = bias?.hostForReading() else { return }
    workers.split(spec.images * spec.outputChannels, bytes: places * 4, multiple: 1) { first, last in
      caffe_add_planes(bias, y, first, last, self.spec.outputChannels, self.places)
    }
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    forward(input: input, weights: weights, bias: bias, output: output)
    workers.apply(finish, to: output)
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let dy = outputGradient.hostForReading()
    let w = weights.hostForReading()
    let dx = inputGradient.plainForWriting(spec.images * spec.inputCount)
    eachImage { image, room in
      let target = dx + image * spec.inputCount
      let columns = isPointwise ? target : room
      eachGroup { group in
        workers.gemm(
          GemmSpec(rows: group.depth, columns: places, inner: group.channels, transposeA: true), w + group.weights,
          dy + image * spec.outputCount + group.outputs, columns + group.columns)
      }
      guard !isPointwise else { return }
      let bytes = depth / spec.inputChannels * places * 4
      withUnsafePointer(to: patches) { patches in
        workers.split(spec.inputChannels, bytes: bytes, multiple: 1) { first, last in
          caffe_col2im(patches, columns, target, first, last)
        }
      }
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    let dy = outputGradient.hostForReading()
    if let weightGradient {
      let x = input.hostForReading()
      let dw = weightGradient.hostForUpdating()
      eachImage { image, room in
        let columns = columns(of: x + image * spec.inputCount, in: room)
        eachGroup { group in
          workers.gemm(
            GemmSpec(rows: group.channels, columns: group.depth, inner: places, transposeB: true, beta: 1),
            dy + image * spec.outputCount + group.outputs, columns + group.columns, dw + group.weights)
        }
      }
    }
    if let biasGradient { workers.addBiasGradient(dy, biasGradient, spec) }
  }

  /// A group's channels, rows of columns, and where its parts begin.
  private struct Group {
    var channels: Int
    var depth: Int
    var weights: Int
    var columns: Int
    var outputs: Int
  }

  private func eachGroup(_ body: (Group) -> Void) {
    let channels = spec.outputChannels / spec.groups
    let depth = depth / spec.groups
    for group in 0..<spec.groups {
      body(
        Group(
          channels: channels, depth: depth, weights: group * channels * depth, columns: group * depth * places,
          outputs: group * channels * places))
    }
  }

  /// Calls `body` for each image, with room for its columns.
  private func eachImage(_ body: (_ image: Int, _ room: UnsafeMutablePointer<Float>) -> Void) {
    workers.withRoom(for: isPointwise ? 0 : depth * places) { room in
      for image in 0..<spec.images { body(image, room) }
    }
  }

  private func columns(
    of image: UnsafePointer<Float>, in columns: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    if isPointwise { return image }
    withUnsafePointer(to: patches) { patches in
      workers.split(depth, bytes: places * 4, multiple: 1) { first, last in
        caffe_im2col(patches, image, columns, first, last)
      }
    }
    return UnsafePointer(columns)
  }
}
