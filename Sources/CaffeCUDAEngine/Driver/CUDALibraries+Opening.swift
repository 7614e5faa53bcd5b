import CCUDA
import CaffeCore
import Foundation

extension CUDALibraries {
  /// The oldest driver that has all of the functions we call: that of CUDA 12.0.
  static let oldestDriver = 12000

  /// Opens the libraries that a GPU can't be used without: the driver, NVRTC and cuBLAS.
  ///
  /// Each is looked for where its variable says (`CAFFE_CUDA_PATH`, `CAFFE_NVRTC_PATH`, `CAFFE_CUBLAS_PATH`: a file or a folder), else by its
  /// bare name, in CUDA's folder, and in the packages of the active Python environment.
  ///
  /// - Parameter environment: The variables.
  /// - Throws: `CaffeError` of code `unsupported`: which one is missing, too old or of another version, and what to do about it.
  public static func open(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> CUDALibraries {
    var libraries = CUDALibraries(cuda: caffe_cuda_table(), nvrtc: caffe_nvrtc_table(), cublas: caffe_cublas_table())
    libraries.cuda = try openDriver(environment: environment, noting: &libraries.opened)
    let nvrtc = try CUDALibrary.nvrtc.open(environment: environment)
    try CUDALibrary.nvrtc.fill(&libraries.nvrtc, from: nvrtc, noting: &libraries.opened, caffe_nvrtc_load)
    let cublas = try CUDALibrary.cublas.open(environment: environment)
    try CUDALibrary.cublas.fill(&libraries.cublas, from: cublas, noting: &libraries.opened, caffe_cublas_load)
    try libraries.openCuDNN(environment: environment)
    return libraries
  }

  /// Opens cuDNN where it is there: without it convolutions are matrix products.
  ///
  /// - Throws: `CaffeError` of code `unsupported` when the variable names one that can't be used.
  private mutating func openCuDNN(environment: [String: String]) throws {
    do {
      let library = try CUDALibrary.cudnn.open(environment: environment)
      var table = caffe_cudnn_table()
      try CUDALibrary.cudnn.fill(&table, from: library, noting: &opened, caffe_cudnn_load)
      cudnn = table
    } catch let error as CaffeError {
      if CUDALibrary.cudnn.isNamed(in: environment) { throw error }
      cudnnFault = error
    }
  }

  /// Opens NCCL beside what is open, unless it is; several GPUs need it (`CAFFE_NCCL_PATH`).
  ///
  /// - Throws: `CaffeError` of code `unsupported` when it isn't there or is of another version.
  public mutating func openNCCL(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws {
    guard nccl == nil else { return }
    let library = try CUDALibrary.nccl.open(environment: environment)
    var table = caffe_nccl_table()
    try CUDALibrary.nccl.fill(&table, from: library, noting: &opened, caffe_nccl_load)
    nccl = table
  }

  /// Opens the run-time compiler alone: kernels can be compiled without a driver.
  package static func openCompiler(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> CUDALibraries {
    var libraries = CUDALibraries(cuda: caffe_cuda_table(), nvrtc: caffe_nvrtc_table(), cublas: caffe_cublas_table())
    let nvrtc = try CUDALibrary.nvrtc.open(environment: environment)
    try CUDALibrary.nvrtc.fill(&libraries.nvrtc, from: nvrtc, noting: &libraries.opened, caffe_nvrtc_load)
    return libraries
  }

  /// Opens the driver.
  static func openDriver(
    environment: [String: String], noting opened: inout [OpenedLibrary]
  ) throws -> caffe_cuda_table {
    let library = try CUDALibrary.driver.open(environment: environment)
    // The stub that CUDA has for linking has all functions, and says of each that it is none.
    guard let version = CUDALibrary.driverVersion(library) else {
      throw library.symbol("cuDriverGetVersion") == nil
        ? CUDALibrary.driver.lacks("cuDriverGetVersion", library)
        : CaffeError(.unsupported, "\(library.path) is no working driver: it tells no version; install NVIDIA's driver")
    }
    guard version >= oldestDriver else {
      throw CaffeError(
        .unsupported,
        "the NVIDIA driver (\(library.path)) is too old: it does CUDA \(version / 1000).\(version % 1000 / 10), and 12.0 is needed; "
          + "install driver 525 or newer")
    }
    var table = caffe_cuda_table()
    try CUDALibrary.driver.fill(&table, from: library, noting: &opened, caffe_cuda_load)
    return table
  }
}

extension CUDALibrary {
  /// Fills a table of functions, and notes what was opened.
  ///
  /// - Throws: `CaffeError` with the first function that isn't there.
  func fill<Table>(
    _ table: inout Table, from library: DynamicLibrary, noting opened: inout [OpenedLibrary],
    _ load: (UnsafeMutableRawPointer?, UnsafeMutablePointer<Table>?) -> UnsafePointer<CChar>?
  ) throws {
    if let missing = load(library.handle, &table) { throw lacks(String(cString: missing), library) }
    opened.append(OpenedLibrary(name: name, version: version(of: library), path: library.path))
  }
}
