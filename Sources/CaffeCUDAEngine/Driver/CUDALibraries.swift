import CCUDA
import CaffeCore

/// NVIDIA's libraries, as far as they are there: tables of their functions.
public struct CUDALibraries: @unchecked Sendable {
  /// The driver's functions.
  package var cuda: caffe_cuda_table
  /// The run-time compiler's.
  package var nvrtc: caffe_nvrtc_table
  /// The matrix library's.
  package var cublas: caffe_cublas_table
  /// The library of layers'; nothing where it isn't there, as it need not be.
  package var cudnn: caffe_cudnn_table?
  /// Why there is no cuDNN, where it was looked for.
  package var cudnnFault: CaffeError?
  /// The functions by which GPUs add up their gradients, where they were asked for.
  package var nccl: caffe_nccl_table?
  /// What was opened, for people.
  public var opened: [OpenedLibrary]
  let shared = SharedParts()

  /// Takes tables that are filled.
  package init(
    cuda: caffe_cuda_table, nvrtc: caffe_nvrtc_table, cublas: caffe_cublas_table, cudnn: caffe_cudnn_table? = nil,
    nccl: caffe_nccl_table? = nil,
    opened: [OpenedLibrary] = []
  ) {
    self.cuda = cuda
    self.nvrtc = nvrtc
    self.cublas = cublas
    self.cudnn = cudnn
    self.nccl = nccl
    self.opened = opened
  }
}

/// A library that was opened at run time.
public struct OpenedLibrary: Hashable, Sendable {
  /// What it is, for people: "cuDNN".
  public var name: String
  /// Its version, if it tells one.
  public var version: String
  /// The file.
  public var path: String

  package init(name: String, version: String, path: String) {
    self.name = name
    self.version = version
    self.path = path
  }
}
