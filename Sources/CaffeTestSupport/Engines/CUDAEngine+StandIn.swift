import CCUDA
import CCUDAStandIn
import CaffeCUDAEngine
import CaffeCore
import Logging

extension CUDALibraries {
  /// A device that isn't one: it computes on the CPU, with the same kernels.
  package static var standIn: CUDALibraries {
    var cuda = caffe_cuda_table()
    var nvrtc = caffe_nvrtc_table()
    var cublas = caffe_cublas_table()
    caffe_stand_in_cuda(&cuda)
    caffe_stand_in_nvrtc(&nvrtc)
    caffe_stand_in_cublas(&cublas)
    var nccl = caffe_nccl_table()
    caffe_stand_in_nccl(&nccl)
    return CUDALibraries(cuda: cuda, nvrtc: nvrtc, cublas: cublas, nccl: nccl)
  }
}

extension CUDAEngine {
  /// An engine on the stand-in. Devices from 8 on are in no list of all devices.
  package static func standIn(
    _ options: CUDAOptions = CUDAOptions(), ordinal: Int = 0, logger: Logger = .silent,
    libraries: CUDALibraries = .standIn
  ) throws -> CUDAEngine {
    var options = options
    options.kernelCache = nil
    var libraries = libraries
    libraries.cuda.deviceGetCount = { count in
      count?.pointee = 64
      return 0
    }
    return try CUDAEngine(libraries, ordinal: ordinal, options: options, logger: logger)
  }

  /// An engine on the stand-in that begins each kernel by itself.
  package static func standInWithoutGraphs(ordinal: Int = 0) throws -> CUDAEngine {
    var options = CUDAOptions()
    options.usesGraphs = false
    return try standIn(options, ordinal: ordinal)
  }
}

extension GPUs {
  /// Stand-ins for a machine's GPUs.
  package static var standIn: GPUs {
    var options = CUDAOptions()
    options.kernelCache = nil
    return GPUs(.standIn, options: options)
  }
}

/// How a device of the stand-in behaves. Who changes that has a device to himself, from 8 on, since tests run side by side.
package enum StandIn {
  /// Has the threads of a block run from the last to the first.
  package static func reverse(_ device: Int32) { caffe_stand_in_set_reversed(device, 1) }

  /// Has streams refuse the next captures into graphs.
  package static func refuseCaptures(_ device: Int32, _ count: Int32) { caffe_stand_in_refuse_captures(device, count) }

  /// Has the device refuse to join others.
  package static func refuseToJoin(_ device: Int32) { caffe_stand_in_refuse_to_join(device) }

  /// Has the device lose the way to those it joined.
  package static func breakLink(_ device: Int32) { caffe_stand_in_break_link(device) }

  /// Sets the memory, in bytes.
  package static func limitMemory(_ device: Int32, to bytes: Int) { caffe_stand_in_set_memory(device, bytes) }
}
