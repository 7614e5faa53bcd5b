import CCUDA
import CaffeCore

/// One of a convolution's passes.
package struct ConvolutionPass: Hashable {
  package enum Kind: Hashable, CaseIterable { case forward, data, filter }

  let spec: ConvolutionSpec
  let kind: Kind

  package init(spec: ConvolutionSpec, kind: Kind) {
    self.spec = spec
    self.kind = kind
  }
}

/// How a pass goes.
package enum ConvolutionWay: Hashable {
  /// By an algorithm of cuDNN.
  case library(CuDNNAlgorithm)
  /// As matrix products.
  case products

  /// For people.
  package var name: String {
    switch self {
    case .library(let algorithm): "algorithm \(algorithm.number)"
    case .products: "products"
    }
  }
}

extension CUDAEngine {
  /// The ways in which a pass may go on this device.
  ///
  /// - Throws: `CaffeError` when the convolution can't be planned.
  package func ways(of pass: ConvolutionPass) throws -> [ConvolutionWay] {
    (try planConvolution(pass.spec) as? CuDNNConvolution)?.possibleWays(pass.kind) ?? [.products]
  }

  /// Has a pass go this way in plans that are made from now on, without a trial.
  package func choose(_ way: ConvolutionWay, for pass: ConvolutionPass) { device.convolutionWays[pass] = way }
}

/// A way in which cuDNN computes, and the memory that it takes meanwhile.
package struct CuDNNAlgorithm: Hashable {
  let number: Int32
  /// What it does to the factors of products.
  let math: Int32
  let bytes: Int

  package init(number: Int32, math: Int32, bytes: Int) {
    self.number = number
    self.math = math
    self.bytes = bytes
  }

  /// Those of the algorithms told, the fastest first, that work, need no more memory than there may be, are precise enough and, where that
  /// is wanted, give the same each time.
  package static func usable(
    of told: [caffe_cudnn_performance], for pass: ConvolutionPass, _ options: CUDAOptions
  ) -> [caffe_cudnn_performance] {
    told.filter {
      $0.status == 0 && $0.bytes <= options.workspaceLimit && isPrecise($0.algorithm, for: pass, options)
        && (!options.isDeterministic || $0.determinism == CAFFE_CUDNN_DETERMINISTIC.status)
    }
  }

  /// Winograd's method in single precision loses digits with the size of its tiles. On an H100 (cuDNN 9.14) it gave weight gradients of 5×5
  /// kernels that were off by some percent, and of 3×3 kernels by a little over 1e-4.
  private static func isPrecise(_ algorithm: Int32, for pass: ConvolutionPass, _ options: CUDAOptions) -> Bool {
    let winograd =
      switch pass.kind {
      case .forward: CAFFE_CUDNN_FORWARD_WINOGRAD
      case .data: CAFFE_CUDNN_DATA_WINOGRAD
      case .filter: CAFFE_CUDNN_FILTER_WINOGRAD
      }
    guard algorithm == winograd.status else { return true }
    return pass.spec.kernel.allSatisfy { $0 <= 3 } && (pass.kind != .filter || options.usesTF32)
  }
}

extension CUDADevice {
  /// The way that takes the least time; nothing where none works.
  package func quickest(of ways: [ConvolutionWay], _ trial: (ConvolutionWay) -> Void) -> ConvolutionWay? {
    let before = workspace?.bytes ?? 0
    let times = ways.map { way in duration { trial(way) } }
    // What only slower ones need goes back.
    if let workspace, workspace.bytes > before { self.workspace = nil }
    return zip(ways, times).compactMap { way, time in time.map { (way, $0) } }.min { $0.1 < $1.1 }?.0
  }
}
