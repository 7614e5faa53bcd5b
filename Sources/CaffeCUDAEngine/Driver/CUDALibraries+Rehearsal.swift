import CCUDA
import CaffeCore
import Synchronization

extension CUDALibraries {
  /// Functions that do nothing and say that all went well, over a device whose memory is numbers only: what a net takes of a device is known
  /// before it takes it, and without one.
  static let rehearsing: CUDALibraries = {
    var libraries = CUDALibraries(cuda: caffe_cuda_table(), nvrtc: caffe_nvrtc_table(), cublas: caffe_cublas_table())
    setDevice(&libraries.cuda)
    setMemory(&libraries.cuda)
    setStreams(&libraries.cuda)
    libraries.cublas.create = { handle in
      handle?.pointee = CUDALibraries.handle
      return 0
    }
    libraries.cublas.destroy = { _ in 0 }
    libraries.cublas.setStream = { _, _ in 0 }
    libraries.cublas.setWorkspace = { _, _, _ in 0 }
    libraries.cublas.setMathMode = { _, _ in 0 }
    return libraries
  }()

  /// What all handles are; nobody looks behind it.
  static var handle: OpaquePointer? { OpaquePointer(bitPattern: 1) }

  /// Where the next piece of memory is.
  private static let nextAddress = Atomic<UInt64>(1 << 40)

  private static func setDevice(_ cuda: inout caffe_cuda_table) {
    cuda.`init` = { _ in 0 }
    cuda.deviceGetCount = { count in
      count?.pointee = 1
      return 0
    }
    cuda.deviceGet = { device, _ in
      device?.pointee = 0
      return 0
    }
    cuda.deviceGetName = { name, _, _ in
      name?.pointee = 0
      return 0
    }
    cuda.deviceGetAttribute = { value, attribute, _ in
      // A device of the kinds on which matrix products take most.
      value?.pointee = attribute == CAFFE_CU_CAPABILITY_MAJOR.status ? 9 : 0
      return 0
    }
    cuda.primaryContextRetain = { context, _ in
      context?.pointee = CUDALibraries.handle
      return 0
    }
    cuda.primaryContextRelease = { _ in 0 }
    cuda.contextSetCurrent = { _ in 0 }
  }

  private static func setMemory(_ cuda: inout caffe_cuda_table) {
    cuda.memAlloc = { address, bytes in
      let size = (UInt64(bytes) + 511) & ~511
      address?.pointee = CUDALibraries.nextAddress.add(size, ordering: .relaxed).oldValue
      return 0
    }
    cuda.memFree = { _ in 0 }
    cuda.memHostAlloc = { pointer, bytes, _ in
      pointer?.pointee = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      return 0
    }
    cuda.memFreeHost = { pointer in
      pointer?.deallocate()
      return 0
    }
    cuda.copyToHost = { _, _, _, _ in 0 }
    cuda.setWords = { _, _, _, _ in 0 }
  }

  private static func setStreams(_ cuda: inout caffe_cuda_table) {
    cuda.streamCreate = { stream, _ in
      stream?.pointee = CUDALibraries.handle
      return 0
    }
    cuda.streamDestroy = { _ in 0 }
    cuda.streamSynchronize = { _ in 0 }
    cuda.streamWaitEvent = { _, _, _ in 0 }
    cuda.eventCreate = { event, _ in
      event?.pointee = CUDALibraries.handle
      return 0
    }
    cuda.eventDestroy = { _ in 0 }
    cuda.eventRecord = { _, _ in 0 }
    cuda.eventSynchronize = { _ in 0 }
  }
}
