import CaffeCore
import CaffeNet
import CaffeProto

/// What `convolution_param` says, checked, for layers with learned kernels.
struct KernelSettings {
  let outputs: Int
  let groups: Int
  let axis: Int
  let hasBias: Bool
  let weightFiller: Filler
  let biasFiller: Filler
  private let fields: KernelGeometry

  /// Checks `convolution_param`.
  init(_ parameter: LayerParameter) throws {
    let message = parameter.convolutionParam
    guard message.numOutput > 0, message.numOutput <= UInt32(Int32.max) else {
      throw CaffeError(.field, "num_output is \(message.numOutput); give the number of output channels, 1 or more")
    }
    guard message.group > 0, message.numOutput % message.group == 0 else {
      throw CaffeError(.field, "group is \(message.group), which doesn't divide num_output, \(message.numOutput)")
    }
    fields = try KernelGeometry(message)
    (outputs, groups, axis) = (Int(message.numOutput), Int(message.group), Int(message.axis))
    hasBias = message.biasTerm
    weightFiller = try Filler(message.weightFiller, layer: parameter.name)
    biasFiller = try Filler(message.biasFiller, layer: parameter.name)
  }

  /// The channels of `shape` and the kernel over its spatial axes; channels and extents of the geometry are the layer's to set.
  func kernel(over shape: Shape) throws -> (channels: Int, geometry: ConvolutionSpec) {
    let axis = try shape.canonicalAxis(self.axis)
    guard shape[axis] > 0, shape[axis] % groups == 0 else {
      throw CaffeError(
        .shape,
        "bottom 0 has the shape \(shape), \(shape[axis]) channels (axis \(axis)), which group: \(groups) doesn't divide"
      )
    }
    var geometry = try fields.resolved(shape.axisCount - axis - 1)
    geometry.groups = groups
    return (shape[axis], geometry)
  }

  /// The channel axis of `shape`, which must have the channels and spatial axes that the weights were made for.
  func checkedAxis(of shape: Shape, channels: Int, spatialAxes: Int, weights: Shape) throws -> Int {
    let axis = try shape.canonicalAxis(self.axis)
    guard shape.axisCount - axis - 1 == spatialAxes, shape[axis] == channels else {
      throw CaffeError(
        .shape,
        "bottom 0 has the shape \(shape), \(shape[axis]) channels and \(shape.axisCount - axis - 1) spatial axes; its weights of "
          + "shape \(weights) need \(channels) channels and \(spatialAxes) spatial axes")
    }
    return axis
  }
}

extension KernelGeometry {
  /// A geometry with the kernel, stride, padding and dilation for `count` spatial axes; the rest is to be set.
  func resolved(_ count: Int) throws -> ConvolutionSpec {
    ConvolutionSpec(
      images: 0, inputChannels: 0, outputChannels: 0, input: [], kernel: try kernel.resolved(count),
      stride: try stride.resolved(count), padding: try padding.resolved(count), dilation: try dilation.resolved(count))
  }
}

extension ConvolutionSpec {
  /// A geometry before shapes are known.
  static var empty: ConvolutionSpec {
    ConvolutionSpec(
      images: 0, inputChannels: 0, outputChannels: 0, input: [], kernel: [], stride: [], padding: [], dilation: [])
  }

  /// How many input values the kernel reaches over along each axis.
  var reach: [Int] { kernel.indices.map { dilation[$0] * (kernel[$0] - 1) + 1 } }

  /// Checks that the padded input, and what the kernel reaches over, can be counted in 32 bits; `shape` is that of bottom 0.
  func checkExtents(_ shape: Shape) throws {
    for (index, extent) in input.enumerated() {
      let largest = max(extent + 2 * padding[index], reach[index])
      guard largest > Int32.max else { continue }
      throw CaffeError(
        .shape,
        "bottom 0 has the shape \(shape): with pad \(padding), kernel \(kernel) and dilation \(dilation) it takes \(largest) places "
          + "along spatial axis \(index), of which at most \(Int32.max) are possible; use less pad or dilation, or as a Deconvolution "
          + "less stride")
    }
    guard images <= Int32.max else {
      throw CaffeError(
        .shape,
        "bottom 0 has the shape \(shape), which is \(images) images; at most \(Int32.max) can be convolved at once")
    }
  }

  /// Checks that the kernel fits into the padded input, which is that of bottom 0, and that both can be counted.
  func checkFits(_ shape: Shape) throws {
    try checkExtents(shape)
    for (index, extent) in input.enumerated() {
      let padded = extent + 2 * padding[index]
      guard reach[index] > padded else { continue }
      throw CaffeError(
        .shape,
        "bottom 0 has the shape \(shape): the kernel \(kernel) with dilation \(dilation) reaches over "
          + "\(reach[index]) values of spatial axis \(index), but the input with its padding has \(padded); use a smaller kernel, "
          + "more pad or a larger input")
    }
  }

  /// The same with a spatial axis of extent 1 where there is none, so that engines always see one.
  var withSpatialAxis: ConvolutionSpec {
    guard input.isEmpty else { return self }
    var copy = self
    (copy.input, copy.kernel, copy.stride, copy.padding, copy.dilation) = ([1], [1], [1], [0], [1])
    return copy
  }
}
