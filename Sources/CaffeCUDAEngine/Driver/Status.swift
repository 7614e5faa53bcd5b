import CCUDA
import CaffeCore

extension CUDALibraries {
  /// What the driver calls an error, `CUDA_ERROR_OUT_OF_MEMORY (out of memory)`.
  func describe(_ status: Int32) -> String {
    var name: UnsafePointer<CChar>?
    var text: UnsafePointer<CChar>?
    guard cuda.getErrorName(status, &name) == 0, let name else { return "error \(status)" }
    guard cuda.getErrorString(status, &text) == 0, let text else { return String(cString: name) }
    return "\(String(cString: name)) (\(String(cString: text)))"
  }

  /// What a library calls an error, `error 13 (the GPU program failed to execute)`.
  func describe(_ status: Int32, of library: CUDALibrary) -> String {
    let text: UnsafePointer<CChar>? =
      switch library {
      case .cublas: cublas.errorText?(status)
      case .cudnn: cudnn?.errorText?(status)
      case .nccl: nccl?.errorText?(status)
      case .driver, .nvrtc: nil
      }
    guard let text else { return "error \(status)" }
    return "error \(status) (\(String(cString: text)))"
  }

  /// Throws when a function of the driver didn't succeed.
  func check(_ status: Int32, _ what: @autoclosure () -> String) throws {
    guard status != CAFFE_CU_SUCCESS.status else { return }
    throw CaffeError(.unsupported, "the CUDA driver can't \(what()): \(describe(status))")
  }
}

extension Int {
  /// An entry of one of C's lists, as functions take and return it.
  var status: Int32 { Int32(truncatingIfNeeded: self) }
}
