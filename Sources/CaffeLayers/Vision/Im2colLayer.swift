import CaffeCore
import CaffeNet
import CaffeProto

/// The patches that a convolution's kernel meets, laid out as columns.
///
/// y[n, (c, q), p] = x[n, c, p · stride − pad + q · dilation], with 0 outside the input.
///
/// Bottom: `n… × channels × spatial…`. Top: `n… × (channels · kernel…) × output…`, where an output extent is
/// ⌊(input + 2 pad − (dilation (kernel − 1) + 1)) / stride⌋ + 1.
///
/// `convolution_param`: `kernel_size`, `stride`, `pad`, `dilation` and `axis` as for a Convolution; the others mean nothing.
///
/// Gradient: each dx is the sum of all dy that were copied from it.
///
/// Errors: a kernel that is missing, given twice, or larger than the padded input; no spatial axes.
///
/// Source: Caffe's Im2col.
///
/// ```
/// layer {
///   name: "patches"
///   type: "Im2col"
///   bottom: "x"
///   top: "y"
///   convolution_param { kernel_size: 3 stride: 2 pad: 1 }
/// }
/// ```
package final class Im2colLayer: Layer {
  package override class var typeName: String { "Im2col" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let axis: Int
  private let fields: KernelGeometry
  private var geometry = ConvolutionSpec.empty

  /// Checks `convolution_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    axis = Int(parameter.convolutionParam.axis)
    fields = try KernelGeometry(parameter.convolutionParam)
    try super.init(parameter, context: context)
  }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    let axis = try bottom[0].shape.canonicalAxis(axis)
    noteStride(of: try fields.resolved(bottom[0].shape.axisCount - axis - 1))
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    let axis = try shape.canonicalAxis(self.axis)
    guard axis + 1 < shape.axisCount else {
      throw error(
        .shape, "bottom 0 has the shape \(shape), no axes after its channels (axis \(axis)); expected one or more")
    }
    geometry = try fields.resolved(shape.axisCount - axis - 1)
    geometry.images = shape.count(from: 0, to: axis)
    geometry.inputChannels = shape[axis]
    geometry.outputChannels = 1
    geometry.input = Array(shape.extents[(axis + 1)...])
    try geometry.checkFits(shape)
    let patch = try Shape(validating: [shape[axis]] + geometry.kernel).count
    top[0].reshape(to: try Shape(validating: Array(shape.extents[..<axis]) + [patch] + geometry.output))
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.im2col(geometry, input: bottom[0].data, columns: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    engine.col2im(geometry, columns: top[0].diff, input: bottom[0].diff)
  }
}
