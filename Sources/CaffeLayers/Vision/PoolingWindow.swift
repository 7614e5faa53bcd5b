import CaffeCore
import CaffeProto

/// What `pooling_param` says of the window, or what a level of a pyramid needs.
struct PoolingWindow {
  /// What becomes of a window.
  let method: PoolingSpec.Method
  /// Height and width; `nil` where the window is the whole image.
  let kernel: [Int]?
  let stride: [Int]
  private let padding: [Int]
  private let roundsUp: Bool

  /// Checks the message.
  init(_ message: PoolingParameter) throws {
    method =
      switch message.pool {
      case .max: .max
      case .ave: .average
      case .stochastic: .stochastic
      }
    roundsUp = message.roundMode == .ceil
    stride = try PoolingWindow.pair(
      "stride", message.hasStride, message.stride, (message.hasStrideH, message.strideH),
      (message.hasStrideW, message.strideW))
    padding = try PoolingWindow.pair(
      "pad", message.hasPad, message.pad, (message.hasPadH, message.padH), (message.hasPadW, message.padW))
    guard stride.allSatisfy({ $0 > 0 }) else { throw CaffeError(.value, "stride is \(stride); give 1 or more") }
    let hasKernel = message.hasKernelSize || message.hasKernelH || message.hasKernelW
    guard !message.globalPooling else {
      guard !hasKernel, padding == [0, 0], stride == [1, 1] else {
        throw CaffeError(
          .field, "global_pooling takes the whole image, so it has no kernel, pad 0 and stride 1; remove the others")
      }
      kernel = nil
      return
    }
    try PoolingWindow.checkPadding(padding, method)
    guard hasKernel else {
      throw CaffeError(
        .field, "pooling_param has no kernel; give kernel_size, kernel_h and kernel_w, or global_pooling: true")
    }
    let size = try PoolingWindow.pair(
      "kernel", message.hasKernelSize, message.kernelSize, (message.hasKernelH, message.kernelH),
      (message.hasKernelW, message.kernelW))
    guard size.allSatisfy({ $0 > 0 }) else { throw CaffeError(.value, "the kernel is \(size); give 1 or more") }
    guard zip(padding, size).allSatisfy({ $0 < $1 }) else {
      throw CaffeError(.value, "pad \(padding) isn't less than the kernel \(size); windows would lie in padding alone")
    }
    kernel = size
  }

  /// A window of this size that goes over the image without overlap.
  init(method: PoolingSpec.Method, bins kernel: [Int], padding: [Int]) throws {
    self.method = method
    self.kernel = kernel
    self.padding = padding
    stride = kernel
    roundsUp = true
    try PoolingWindow.checkPadding(padding, method)
  }

  private static func checkPadding(_ padding: [Int], _ method: PoolingSpec.Method) throws {
    guard method == .stochastic, padding != [0, 0] else { return }
    throw CaffeError(
      .value, "pad is \(padding), but stochastic pooling draws from the input alone; use pad 0, MAX or AVE")
  }

  /// A value for height and width, given once for both or once for each.
  private static func pair(
    _ name: String, _ hasBoth: Bool, _ both: UInt32, _ height: (has: Bool, value: UInt32),
    _ width: (has: Bool, value: UInt32)
  ) throws -> [Int] {
    guard height.has == width.has, !(hasBoth && height.has) else {
      let list = name == "kernel" ? "kernel_size" : name
      throw CaffeError(.field, "pooling_param needs either \(list), or both \(name)_h and \(name)_w")
    }
    let values = height.has ? [height.value, width.value] : [both, both]
    guard values.allSatisfy({ $0 <= UInt32(Int32.max) }) else {
      throw CaffeError(.field, "\(name) is \(values), out of range; give at most \(Int32.max)")
    }
    return values.map { Int($0) }
  }

  /// The geometry over images of this shape, images × channels × height × width.
  func geometry(_ shape: Shape) throws -> PoolingSpec {
    let input = [shape[2], shape[3]]
    let kernel = kernel ?? input
    let output = (0..<2).map { windows(input[$0], kernel[$0], stride[$0], padding[$0]) }
    guard output.allSatisfy({ $0 > 0 }), input.allSatisfy({ $0 > 0 }) else {
      throw CaffeError(
        .shape,
        "bottom 0 has the shape \(shape), whose height and width \(input) with pad \(padding) don't hold the kernel \(kernel); use "
          + "a smaller kernel, more pad or a larger input")
    }
    return PoolingSpec(
      method: method, images: shape[0], channels: shape[1], input: input, kernel: kernel, stride: stride,
      padding: padding, output: output)
  }

  /// The number of windows along an axis. A kernel a little larger than the input still gives one when rounding up.
  private func windows(_ input: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Int {
    let room = input + 2 * padding - kernel
    let steps = Int((Double(room) / Double(stride)).rounded(roundsUp ? .up : .down))
    let count = steps + 1
    return count > 1 && steps * stride >= input + padding ? count - 1 : count
  }
}

extension PoolingPlan {
  /// Computes the outputs; STOCHASTIC draws while training and takes what is expected at TEST.
  func forward(
    _ method: PoolingSpec.Method, _ phase: Phase, input: Buffer, output: Buffer, mask: Buffer? = nil,
    stream: inout RandomStream
  ) {
    if method == .stochastic, phase == .train {
      forwardSampling(input: input, output: output, mask: nil, stream: &stream)
    } else {
      forward(input: input, output: output, mask: mask)
    }
  }
}
