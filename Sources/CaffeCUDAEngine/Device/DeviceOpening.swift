import CCUDA
import CaffeCore
import Logging

/// What is done once, to begin with a device.
struct DeviceOpening {
  let libraries: CUDALibraries
  let ordinal: Int
  let device: caffe_cu_device
  let name: String
  let capability: Int
  let multiprocessors: Int
  let context: caffe_cu_context

  /// Finds the device and makes its context the calling thread's.
  init(_ libraries: CUDALibraries, ordinal: Int) throws {
    self.libraries = libraries
    self.ordinal = ordinal
    let cuda = libraries.cuda
    let started = cuda.`init`(0)
    guard started != CAFFE_CU_NO_DEVICE.status else {
      throw CaffeError(
        .unsupported, "there is no GPU that the CUDA driver can use; compute on the CPU: leave out --gpu")
    }
    try libraries.check(started, "start")
    var count: Int32 = 0
    try libraries.check(cuda.deviceGetCount(&count), "count the devices")
    guard ordinal >= 0, ordinal < Int(count) else {
      throw CaffeError(
        .value,
        "there is no GPU \(ordinal): this machine has \(count), numbered from 0\(count > 0 ? " to \(count - 1)" : "")")
    }
    var found: caffe_cu_device = 0
    try libraries.check(cuda.deviceGet(&found, Int32(ordinal)), "find device \(ordinal)")
    device = found
    name = DeviceOpening.name(libraries, found)
    capability =
      DeviceOpening.attribute(libraries, CAFFE_CU_CAPABILITY_MAJOR, found) * 10
      + DeviceOpening.attribute(libraries, CAFFE_CU_CAPABILITY_MINOR, found)
    multiprocessors = max(1, DeviceOpening.attribute(libraries, CAFFE_CU_MULTIPROCESSORS, found))
    var context: caffe_cu_context?
    try libraries.check(cuda.primaryContextRetain(&context, found), "begin with device \(ordinal)")
    guard let context else { throw CaffeError(.unsupported, "the CUDA driver gives no context for device \(ordinal)") }
    self.context = context
    try libraries.check(cuda.contextSetCurrent(context), "use device \(ordinal)")
  }

  static func name(_ libraries: CUDALibraries, _ device: caffe_cu_device) -> String {
    var text = [CChar](repeating: 0, count: 256)
    guard libraries.cuda.deviceGetName(&text, 255, device) == 0 else { return "a GPU" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  static func attribute(_ libraries: CUDALibraries, _ attribute: Int, _ device: caffe_cu_device) -> Int {
    var value: Int32 = 0
    return libraries.cuda.deviceGetAttribute(&value, attribute.status, device) == 0 ? Int(value) : 0
  }

  func makeStream() throws -> caffe_cu_stream {
    var stream: caffe_cu_stream?
    try libraries.check(
      libraries.cuda.streamCreate(&stream, UInt32(CAFFE_CU_STREAM_NON_BLOCKING)), "make a stream on device \(ordinal)")
    guard let stream else { throw CaffeError(.unsupported, "the CUDA driver gives no stream") }
    return stream
  }

  func makeEvent() throws -> caffe_cu_event {
    var event: caffe_cu_event?
    try libraries.check(
      libraries.cuda.eventCreate(&event, UInt32(CAFFE_CU_EVENT_DISABLE_TIMING)), "make an event on device \(ordinal)")
    guard let event else { throw CaffeError(.unsupported, "the CUDA driver gives no event") }
    return event
  }

  /// Begins with cuDNN; without it convolutions are matrix products.
  func makeDNN(_ stream: caffe_cu_stream, _ logger: Logger) -> caffe_cudnn? {
    guard let cudnn = libraries.cudnn else {
      if let fault = libraries.cudnnFault, libraries.shared.isFirstToTell() {
        logger.info("Convolutions by cuBLAS, which is slower: \(fault)")
      }
      return nil
    }
    var handle: caffe_cudnn?
    let status = cudnn.create(&handle)
    guard status == 0, let handle else {
      let error = libraries.describe(status, of: .cudnn)
      logger.warning("cuDNN can't begin with device \(ordinal), convolutions are slower: \(error)")
      return nil
    }
    guard cudnn.setStream(handle, stream) == 0 else {
      _ = cudnn.destroy(handle)
      logger.warning("cuDNN can't be set up for device \(ordinal), convolutions are slower")
      return nil
    }
    return handle
  }

  /// As much as cuBLAS wants on such a device.
  func makeBlasRoom(_ pool: DevicePool) throws -> DeviceMemory {
    let bytes = capability >= 90 ? 32 << 20 : 4 << 20
    if let memory = DeviceMemory(bytes: bytes, from: pool) { return memory }
    throw CaffeError(
      .unsupported,
      "device \(ordinal) (\(name)) has no \(bytes >> 20) MiB left for matrix products; free the memory that other programs use "
        + "(nvidia-smi lists them)")
  }

  func makeBlas(_ stream: caffe_cu_stream, _ room: DeviceMemory, usesTF32: Bool) throws -> caffe_cublas {
    var handle: caffe_cublas?
    let status = libraries.cublas.create(&handle)
    guard status == 0, let handle else {
      throw CaffeError(
        .unsupported, "cuBLAS can't begin with device \(ordinal): \(libraries.describe(status, of: .cublas))")
    }
    let mode = usesTF32 ? CAFFE_CUBLAS_TF32 : CAFFE_CUBLAS_FP32
    // In this order: with another stream cuBLAS forgets its room.
    guard libraries.cublas.setStream(handle, stream) == 0,
      libraries.cublas.setWorkspace(handle, room.address, room.bytes) == 0,
      libraries.cublas.setMathMode(handle, mode.status) == 0
    else {
      throw CaffeError(.unsupported, "cuBLAS can't be set up for device \(ordinal)")
    }
    return handle
  }
}
