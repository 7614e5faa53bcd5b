import COneDNN
import CaffeCore

extension CPUEngine: ConvolutionOps {
  /// Prepares a convolution of this geometry: in lanes, by oneDNN, or as a product with columns of patches.
  public func planConvolution(_ spec: ConvolutionSpec) throws -> any ConvolutionPlan {
    switch convolutionMethod ?? ConvolutionMethod(for: spec) {
    case .lanes where spec.input.count == 2: return LanesConvolution(spec, workers: workers)
    case .oneDNN where 1...3 ~= spec.input.count && spec.images > 0:
      return try OneDNNConvolution(spec, workers: workers) ?? GemmConvolution(spec, workers: workers)
    case .lanes, .oneDNN, .gemm: return GemmConvolution(spec, workers: workers)
    }
  }
}

/// How a convolution is computed.
package enum ConvolutionMethod: Hashable, Sendable {
  /// By our kernels, sixteen images side by side.
  case lanes
  /// By oneDNN, in blocks of channels.
  case oneDNN
  /// By a product of the weights with the columns of each image's patches.
  case gemm

  /// The method for a geometry, by rule.
  ///
  /// - Parameter block: How many channels oneDNN computes in blocks of, 0 if it doesn't: where channels fill the blocks, it comes before
  ///   lanes.
  package init(for spec: ConvolutionSpec, block: Int = Int(caffe_dnnl_channel_block())) {
    let channels = (spec.inputChannels / spec.groups, spec.outputChannels / spec.groups)
    let plane = spec.input.count == 2
    let unit = block > 0 ? block : 16
    let rich = channels.0 >= 16 && channels.0 % unit == 0 && channels.1 % unit == 0
    let fillsLanes = LanesForm(rows: spec.images, values: spec.inputCount).isWellFilled
    // oneDNN has kernels for the first layer of nets for pictures, and for one channel a group.
    let picture = spec.groups == 1 && channels.0 <= 4 && channels.1 % unit == 0
    let depthwise = channels == (1, 1) && spec.groups % unit == 0
    // An image is its own matrix of columns: there is nothing to gain over one product.
    let pointwise = (spec.kernel + spec.stride).allSatisfy { $0 == 1 } && spec.padding.allSatisfy { $0 == 0 }
    let suitsOneDNN = plane && (rich || picture || depthwise) && spec.operations >= 1_000_000
    if suitsOneDNN && block > 0 {
      self = .oneDNN
    } else if plane && fillsLanes && !(rich && channels.0 >= 64) {
      self = .lanes
    } else if suitsOneDNN && !pointwise {
      self = .oneDNN
    } else {
      self = .gemm
    }
  }
}
