import CCUDA
import CaffeCore

extension CUDAEngine {
  /// An engine that takes the memory that one on a device would take, but computes nothing: for a `Rehearsal`. Workspaces of cuDNN, which
  /// only a device can tell, are left out.
  ///
  /// - Parameter hasCuDNN: Whether cuDNN computes convolutions: with TF32 in an order of its own, so that other layers' values are there in
  ///   two orders.
  package static func rehearsing(_ options: CUDAOptions = CUDAOptions(), hasCuDNN: Bool = false) throws -> CUDAEngine {
    var options = options
    options.rehearses = true
    options.usesGraphs = false
    options.triesConvolutions = false
    options.kernelCache = nil
    var libraries = CUDALibraries.rehearsing
    if hasCuDNN { libraries.cudnn = CUDALibraries.rehearsingCuDNN }
    return try CUDAEngine(libraries, options: options)
  }

  /// The same for training and testing as this engine does.
  package func rehearsing() throws -> CUDAEngine {
    try .rehearsing(device.options, hasCuDNN: device.options.usesTF32 && device.dnn != nil)
  }
}

extension CUDALibraries {
  /// A cuDNN that does nothing, with one algorithm for each pass of any convolution.
  fileprivate static var rehearsingCuDNN: caffe_cudnn_table {
    var cudnn = caffe_cudnn_table()
    cudnn.create = { CUDALibraries.make($0) }
    cudnn.destroy = { _ in 0 }
    cudnn.setStream = { _, _ in 0 }
    cudnn.createTensor = { CUDALibraries.make($0) }
    cudnn.destroyTensor = { _ in 0 }
    cudnn.setTensor = { _, _, _, _, _ in 0 }
    cudnn.createFilter = { CUDALibraries.make($0) }
    cudnn.destroyFilter = { _ in 0 }
    cudnn.setFilter = { _, _, _, _, _ in 0 }
    cudnn.createConvolution = { CUDALibraries.make($0) }
    cudnn.destroyConvolution = { _ in 0 }
    cudnn.setConvolution = { _, _, _, _, _, _, _ in 0 }
    cudnn.setGroups = { _, _ in 0 }
    cudnn.setMath = { _, _ in 0 }
    cudnn.forwardAlgorithms = { _, _, _, _, _, _, found, algorithms in CUDALibraries.tell(found, algorithms) }
    cudnn.dataAlgorithms = { _, _, _, _, _, _, found, algorithms in CUDALibraries.tell(found, algorithms) }
    cudnn.filterAlgorithms = { _, _, _, _, _, _, found, algorithms in CUDALibraries.tell(found, algorithms) }
    cudnn.forwardWorkspace = { _, _, _, _, _, _, _ in 0 }
    cudnn.dataWorkspace = { _, _, _, _, _, _, _ in 0 }
    cudnn.filterWorkspace = { _, _, _, _, _, _, _ in 0 }
    return cudnn
  }

  private static func make(_ handle: UnsafeMutablePointer<OpaquePointer?>?) -> Int32 {
    handle?.pointee = CUDALibraries.handle
    return 0
  }

  private static func tell(
    _ found: UnsafeMutablePointer<Int32>?, _ algorithms: UnsafeMutablePointer<caffe_cudnn_performance>?
  ) -> Int32 {
    found?.pointee = 1
    algorithms?.pointee = caffe_cudnn_performance(
      algorithm: 1, status: 0, milliseconds: 1, bytes: 0, determinism: CAFFE_CUDNN_DETERMINISTIC.status,
      math: CAFFE_CUDNN_DEFAULT_MATH.status, reserved: (0, 0, 0))
    return 0
  }
}
