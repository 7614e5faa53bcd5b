import CCUDA
import CCUDAStandIn
import CaffeCUDAEngine

extension CUDALibraries {
  /// The stand-in with cuDNN, too, whose convolutions are plain loops.
  package static var standInWithCuDNN: CUDALibraries {
    var libraries = standIn
    var cudnn = caffe_cudnn_table()
    caffe_stand_in_cudnn(&cudnn)
    libraries.cudnn = cudnn
    return libraries
  }
}

extension CUDAEngine {
  /// An engine on the stand-in with cuDNN.
  package static func standInWithCuDNN(_ options: CUDAOptions = CUDAOptions()) throws -> CUDAEngine {
    var options = options
    options.kernelCache = nil
    return try CUDAEngine(.standInWithCuDNN, options: options)
  }
}

extension CUDAOptions {
  /// As with TF32: cuDNN takes and gives channels last. The stand-in rounds nothing all the same.
  package static var channelsLast: CUDAOptions {
    var options = CUDAOptions()
    options.usesTF32 = true
    return options
  }
}
