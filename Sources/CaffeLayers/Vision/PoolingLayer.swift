import CaffeCore
import CaffeNet
import CaffeProto

/// The largest value, the mean or a value drawn from each window over height and width.
///
/// Bottom: images × channels × height × width. Top: the same with height and width
/// ⌈(input + 2 pad − kernel) / stride⌉ + 1, less a last window that would begin beyond input + pad. A second top, for MAX: where each
/// value came from, `y · width + x`.
///
/// `pooling_param`:
/// - `pool` (MAX): MAX, AVE, whose divisor counts padding, but nothing beyond it, or STOCHASTIC: at TRAIN a value drawn with a
///   probability proportional to it, at TEST the value expected, Σ x² / Σ x. Values should then be 0 or more; there is no padding.
/// - `kernel_size`, or `kernel_h` and `kernel_w` (required unless `global_pooling`).
/// - `stride` (1), or `stride_h` and `stride_w`. `pad` (0), or `pad_h` and `pad_w`; less than the kernel.
/// - `global_pooling` (false): one window over the whole image.
/// - `round_mode` (CEIL): or FLOOR, which rounds the formula's quotient down.
/// - `engine`: accepted, means nothing.
///
/// Gradient: MAX, and STOCHASTIC at TRAIN: each dy goes to where its value came from. AVE: dy / divisor to every place of the window.
/// STOCHASTIC at TEST: dy · (2x − y) / Σ x.
///
/// Errors: a kernel missing, given twice or 0; one larger than the padded input; padding not less than the kernel, or
/// with STOCHASTIC; a second top with other than MAX.
///
/// Source: Zeiler and Fergus, "Stochastic pooling", 2013; Caffe's Pooling. There STOCHASTIC needs a GPU and has no gradient at TEST, and a stride larger than the kernel can give a last window outside the input; here it is left out.
///
/// ```
/// layer {
///   name: "pool1"
///   type: "Pooling"
///   bottom: "x"
///   top: "y"
///   pooling_param { pool: MAX kernel_size: 2 stride: 2 }
/// }
/// ```
package final class PoolingLayer: Layer, DrawingLayer {
  package override class var typeName: String { "Pooling" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...2) }
  package override class var reshapesByShapesAlone: Bool { true }

  private let window: PoolingWindow
  package var random: RandomStream
  private var cache = PlanCache<PoolingSpec, any PoolingPlan>()

  /// Checks `pooling_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    window = try PoolingWindow(parameter.poolingParam)
    guard window.method == .max || parameter.top.count < 2 else {
      throw CaffeError(
        .graph, "has a second top, the place of each largest value, but doesn't pool MAX; remove it",
        layer: parameter.name)
    }
    random = context.ownRandom.stream("\(parameter.name)/pool")
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    guard let kernel = window.kernel else { return }
    noteStride(
      window.stride, kernel: kernel, reach: kernel,
      "so some values aren't read; a window that would begin beyond the input is left out")
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkAxes(bottom[0], count: 4, "images, channels, height, width")
    let geometry = try window.geometry(bottom[0].shape)
    let output = try Shape(validating: [geometry.images, geometry.channels] + geometry.output)
    for blob in top { blob.reshape(to: output) }
    try cache.prepare(geometry) { try engine.planPooling($0) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    cache.plan?.forward(
      window.method, context.phase, input: bottom[0].data, output: top[0].data,
      mask: top.count > 1 ? top[1].data : nil, stream: &random)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    cache.plan?.backward(outputGradient: top[0].diff, inputGradient: bottom[0].diff)
  }
}
