import CKernels
import CaffeCore

/// Convolution over height and width in lanes: inputs and outputs stay sixteen images side by side.
final class LanesConvolution: ConvolutionPlan {
  var method: String { tiles == nil ? "lanes of images" : "in tiles, lanes of images" }
  let spec: ConvolutionSpec
  let workers: Workers
  let input: LanesForm
  let output: LanesForm
  /// Output places of an image, and those of a row.
  let places: Int
  private let outputWidth: Int
  /// For one group; the width is that of rows with their padding.
  let geometry: caffe_lanes_geometry
  /// The same, seen from the gradient: a convolution of it, widened by zeros, with the kernels turned round. `nil` where
  /// that would meet holes (stride, dilation) or compute too much.
  private let turned: caffe_lanes_geometry?
  /// Where it takes fewer products.
  private let tiles: LanesWinograd?

  init(_ spec: ConvolutionSpec, workers: Workers) {
    self.spec = spec
    self.workers = workers
    input = LanesForm(rows: spec.images, values: spec.inputCount)
    output = LanesForm(rows: spec.images, values: spec.outputCount)
    outputWidth = spec.output[1]
    places = spec.output[0] * outputWidth
    geometry = LanesConvolution.geometry(of: spec)
    turned = LanesConvolution.turnedGeometry(of: spec)
    tiles = LanesWinograd(spec, blocks: input.blocks, workers: workers)
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let x = input.lanesForReading(self.input, workers)
    let b = bias?.hostForReading()
    let y = output.lanesForOverwriting(self.output, workers)
    if let tiles {
      tiles.forward(x, weights, b, y)
    } else {
      withPadded(x) { convolve(geometry, $0, weights.hostForReading(), b, y) }
    }
    output.clearLanesTail()
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    forward(input: input, weights: weights, bias: bias, output: output)
    workers.apply(finish, to: output)
  }

  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let dy = outputGradient.lanesForReading(output, workers)
    let dx = inputGradient.lanesForOverwriting(input, workers)
    if let tiles { return tiles.backwardData(dy, weights, dx) }
    let w = weights.hostForReading()
    guard let turned else { return scatter(dy, w, dx) }
    withWidened(
      dy, rows: output.blocks * spec.outputChannels * (places / max(outputWidth, 1)), width: outputWidth,
      by: (Int(turned.width) - outputWidth) / 2
    ) { wide in
      workers.withRoom(for: spec.weightCount) { room in
        turnRound(w, into: room)
        convolve(turned, wide, room, nil, dx)
      }
    }
  }

  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    let dy = outputGradient.lanesForReading(output, workers)
    let x = weightGradient == nil ? nil : input.lanesForReading(self.input, workers)
    let dw = weightGradient?.hostForUpdating()
    let db = biasGradient?.hostForUpdating()
    if let tiles {
      if let x, let dw { tiles.addGradient(x, dy, to: dw) }
      return addGradients(nil, dy, nil, db)
    }
    if let x { withPadded(x) { addGradients($0, dy, dw, db) } } else { addGradients(nil, dy, dw, db) }
  }

  private func addGradients(
    _ x: UnsafePointer<Float>?, _ dy: UnsafePointer<Float>, _ dw: UnsafeMutablePointer<Float>?,
    _ db: UnsafeMutablePointer<Float>?
  ) {
    if sharesBlocks {
      addGradientsByBlocks(x, dy, dw, db)
    } else {
      if let x, let dw { addWeightGradient(x, dy, dw) }
      if let db {
        workers.split(spec.outputChannels, bytes: output.blocks * places * 64, multiple: 1) { first, last in
          caffe_lanes_bias_gradient(
            dy, self.output.blockCount, Int32(self.output.blocks), self.places, db, Int32(first), Int32(last))
        }
      }
    }
  }
}

// MARK: - Geometry

extension LanesConvolution {
  private static func geometry(of spec: ConvolutionSpec) -> caffe_lanes_geometry {
    caffe_lanes_geometry(
      channels: Int32(spec.inputChannels / spec.groups), height: Int32(spec.input[0]),
      width: Int32(spec.input[1] + 2 * spec.padding[1]), out_channels: Int32(spec.outputChannels / spec.groups),
      out_height: Int32(spec.output[0]), out_width: Int32(spec.output[1]), kernel_h: Int32(spec.kernel[0]),
      kernel_w: Int32(spec.kernel[1]), stride_h: Int32(spec.stride[0]), stride_w: Int32(spec.stride[1]),
      dilation_h: Int32(spec.dilation[0]), dilation_w: Int32(spec.dilation[1]), padding_h: Int32(spec.padding[0]))
  }

  private static func turnedGeometry(of spec: ConvolutionSpec) -> caffe_lanes_geometry? {
    let margin = [spec.kernel[0] - 1 - spec.padding[0], spec.kernel[1] - 1 - spec.padding[1]]
    guard spec.stride == [1, 1], spec.dilation == [1, 1], margin[0] >= 0, margin[1] >= 0 else { return nil }
    let width = spec.output[1]
    // Kernels of their own do these without the waste at the borders.
    if spec.kernel == [5, 5], spec.padding == [0, 0], width == 8 || width == 10 { return nil }
    return caffe_lanes_geometry(
      channels: Int32(spec.outputChannels / spec.groups), height: Int32(spec.output[0]),
      width: Int32(width + 2 * margin[1]), out_channels: Int32(spec.inputChannels / spec.groups),
      out_height: Int32(spec.input[0]), out_width: Int32(spec.input[1]), kernel_h: Int32(spec.kernel[0]),
      kernel_w: Int32(spec.kernel[1]), stride_h: 1, stride_w: 1, dilation_h: 1, dilation_w: 1,
      padding_h: Int32(margin[0]))
  }
}

// MARK: - Steps

extension LanesConvolution {
  /// Calls `body` with the input with columns of zeros on both sides.
  private func withPadded(_ x: UnsafePointer<Float>, _ body: (UnsafePointer<Float>) -> Void) {
    withWidened(
      x, rows: input.blocks * spec.inputChannels * spec.input[0], width: spec.input[1], by: spec.padding[1], body)
  }

  private func withWidened(
    _ source: UnsafePointer<Float>, rows: Int, width: Int, by margin: Int, _ body: (UnsafePointer<Float>) -> Void
  ) {
    guard margin > 0 else { return body(source) }
    let step = (width + 2 * margin) * 16
    workers.withRoom(for: rows * step) { target in
      workers.split(rows, bytes: step * 4, multiple: 1) { first, last in
        caffe_pad_lanes(
          source + first * width * 16, target + first * step, last - first, Int32(width), Int32(margin), Int32(margin))
      }
      body(target)
    }
  }

  /// Exchanges input and output channels of each group's weights, and turns the kernels round.
  private func turnRound(_ weights: UnsafePointer<Float>, into turned: UnsafeMutablePointer<Float>) {
    let size = spec.weightCount / spec.groups
    workers.each(spec.groups) { group in
      caffe_turn_weights(
        weights + group * size, turned + group * size, Int32(self.spec.outputChannels / self.spec.groups),
        Int32(self.spec.inputChannels / self.spec.groups), Int32(self.spec.kernel[0]), Int32(self.spec.kernel[1]))
    }
  }

  /// Calls `body` for parts of all blocks and groups, which write `channels` channels in a group.
  private func eachPart(
    channels: Int, _ body: (_ block: Int, _ group: Int, _ first: Int, _ last: Int) -> Void
  ) {
    let whole = input.blocks * spec.groups
    // Channels are shared out only where blocks and groups don't make equal shares.
    let wanted = whole % workers.count == 0 ? 1 : (4 * workers.count + whole - 1) / whole
    let pieces = max(min(wanted, channels / 8), 1)
    let piece = ((channels + pieces - 1) / pieces).roundedUp(to: 4)
    workers.each(whole * pieces) { task in
      let first = task % pieces * piece
      guard first < channels else { return }
      let part = task / pieces
      body(part / self.spec.groups, part % self.spec.groups, first, min(first + piece, channels))
    }
  }

  private func convolve(
    _ geometry: caffe_lanes_geometry, _ source: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ target: UnsafeMutablePointer<Float>
  ) {
    let from = Int(geometry.channels) * Int(geometry.height) * Int(geometry.width) * 16
    let to = Int(geometry.out_channels) * Int(geometry.out_height) * Int(geometry.out_width) * 16
    let channels = Int(geometry.out_channels)
    let size = spec.weightCount / spec.groups
    withUnsafePointer(to: geometry) { geometry in
      eachPart(channels: channels) { block, group, first, last in
        let part = block * self.spec.groups + group
        caffe_lanes_convolution(
          geometry, source + part * from, weights + group * size, bias.map { $0 + group * channels },
          target + part * to, Int32(first), Int32(last))
      }
    }
  }

  /// The gradient of the input, without the padding, by kernels that need no wide rows.
  private func scatter(
    _ dy: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    var geometry = geometry
    geometry.width = Int32(spec.input[1])
    let from = output.blockCount / spec.groups
    let to = input.blockCount / spec.groups
    let size = spec.weightCount / spec.groups
    withUnsafePointer(to: geometry) { geometry in
      eachPart(channels: spec.inputChannels / spec.groups) { block, group, first, last in
        let part = block * self.spec.groups + group
        caffe_lanes_data_gradient(
          geometry, Int32(self.spec.padding[1]), dy + part * from, weights + group * size, dx + part * to,
          Int32(first), Int32(last))
      }
    }
  }
}
