import CCUDA
import CaffeCore
import Foundation

/// The libraries of NVIDIA's that are opened at run time.
package enum CUDALibrary: CaseIterable {
  case driver, nvrtc, cublas, cudnn, nccl

  /// What it is called.
  var name: String {
    switch self {
    case .driver: "the NVIDIA driver"
    case .nvrtc: "NVRTC"
    case .cublas: "cuBLAS"
    case .cudnn: "cuDNN"
    case .nccl: "NCCL"
    }
  }

  /// Whether nothing can be computed without it.
  var isNeeded: Bool {
    switch self {
    case .driver, .nvrtc, .cublas: true
    case .cudnn, .nccl: false
    }
  }

  var variable: String {
    switch self {
    case .driver: "CAFFE_CUDA_PATH"
    case .nvrtc: "CAFFE_NVRTC_PATH"
    case .cublas: "CAFFE_CUBLAS_PATH"
    case .cudnn: "CAFFE_CUDNN_PATH"
    case .nccl: "CAFFE_NCCL_PATH"
    }
  }

  /// Whether somebody says where it is.
  func isNamed(in environment: [String: String]) -> Bool { environment[variable]?.isEmpty == false }

  private var files: [String] {
    switch self {
    case .driver: ["libcuda.so.1"]
    case .nvrtc: ["libnvrtc.so.13", "libnvrtc.so.12"]
    case .cublas: ["libcublas.so.13", "libcublas.so.12"]
    case .cudnn: ["libcudnn.so.9"]
    case .nccl: ["libnccl.so.2"]
    }
  }

  /// The folders of Python's packages that have it, and how it is installed.
  private var packages: (folders: [String], remedy: String) {
    switch self {
    case .driver: ([], "install NVIDIA's driver")
    case .nvrtc:
      (["cu13", "cuda_nvrtc"], "install CUDA, or \"pip install nvidia-cuda-nvrtc\" in an active virtual environment")
    case .cublas:
      (["cu13", "cublas"], "install CUDA, or \"pip install nvidia-cublas\" in an active virtual environment")
    case .cudnn: (["cudnn"], "install it with \"pip install nvidia-cudnn-cu13\" in an active virtual environment")
    case .nccl: (["nccl"], "install it with \"pip install nvidia-nccl-cu13\" in an active virtual environment")
    }
  }

  /// Where it may be.
  func search(environment: [String: String]) -> LibrarySearch {
    var folders = ["/usr/local/cuda/lib64"]
    if self == .driver { folders.append("/usr/local/nvidia/lib64") }
    let (parts, remedy) = packages
    for site in CUDALibrary.sitePackages(environment) { folders += parts.map { "\(site)/nvidia/\($0)/lib" } }
    var search = LibrarySearch(name: name, variable: variable, files: files, folders: folders, remedy: remedy)
    if self == .nvrtc { search.prepare = CUDALibrary.openBuiltins }
    return search
  }

  /// Opens it.
  ///
  /// - Throws: `CaffeError` that says where it was looked for, and which variable names it.
  func open(environment: [String: String]) throws -> DynamicLibrary {
    try search(environment: environment).open(environment: environment)
  }

  /// Says that a function isn't in the library that was opened.
  func lacks(_ function: String, _ library: DynamicLibrary) -> CaffeError {
    CaffeError(
      .unsupported,
      "\(library.path) can't be used as \(name): it has no function \(function), so it is of another version or something else; "
        + "another one can be named in \(variable)")
  }

  /// Throws when one of the functions that we call isn't in the library.
  func checkFunctions(of library: DynamicLibrary) throws {
    switch self {
    case .driver: try check(library, caffe_cuda_table(), caffe_cuda_load)
    case .nvrtc: try check(library, caffe_nvrtc_table(), caffe_nvrtc_load)
    case .cublas: try check(library, caffe_cublas_table(), caffe_cublas_load)
    case .cudnn: try check(library, caffe_cudnn_table(), caffe_cudnn_load)
    case .nccl: try check(library, caffe_nccl_table(), caffe_nccl_load)
    }
  }

  private func check<Table>(
    _ library: DynamicLibrary, _ table: Table,
    _ load: (UnsafeMutableRawPointer?, UnsafeMutablePointer<Table>?) -> UnsafePointer<CChar>?
  ) throws {
    var table = table
    if let missing = load(library.handle, &table) { throw lacks(String(cString: missing), library) }
  }

  /// Its version as people write it; empty when it tells none.
  func version(of library: DynamicLibrary) -> String {
    switch self {
    case .driver: CUDALibrary.driverVersion(library).map { "CUDA \($0 / 1000).\($0 % 1000 / 10)" } ?? ""
    case .nvrtc: nvrtcVersion(library)
    case .cublas: cublasVersion(library)
    case .cudnn: cudnnVersion(library)
    case .nccl: ncclVersion(library)
    }
  }

  // MARK: - Folders

  /// The folders with Python's packages in the virtual environment that is active.
  private static func sitePackages(_ environment: [String: String]) -> [String] {
    guard let root = environment["VIRTUAL_ENV"], !root.isEmpty else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(root)/lib")) ?? []
    return names.filter { $0.hasPrefix("python3") }.sorted().map { "\(root)/lib/\($0)/site-packages" }
  }

  /// NVRTC asks for its second library by a bare name, which the loader only knows in its own folders, or when it is open already.
  private static let openBuiltins: @Sendable (String) -> Void = { folder in
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() where name.hasPrefix("libnvrtc-builtins.so") {
      _ = try? DynamicLibrary(opening: "\(folder)/\(name)")
    }
  }

  // MARK: - Versions

  /// The newest CUDA that the driver can do, 12.8 as 12080.
  static func driverVersion(_ library: DynamicLibrary) -> Int? {
    typealias Get = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    var version: Int32 = 0
    guard let get = library.function("cuDriverGetVersion", as: Get.self), get(&version) == 0 else { return nil }
    return Int(version)
  }

  private func nvrtcVersion(_ library: DynamicLibrary) -> String {
    typealias Get = @convention(c) (UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>) -> Int32
    var (major, minor): (Int32, Int32) = (0, 0)
    guard let get = library.function("nvrtcVersion", as: Get.self), get(&major, &minor) == 0 else { return "" }
    return "\(major).\(minor)"
  }

  private func cublasVersion(_ library: DynamicLibrary) -> String {
    typealias Get = @convention(c) (Int32, UnsafeMutablePointer<Int32>) -> Int32
    guard let get = library.function("cublasGetProperty", as: Get.self) else { return "" }
    // Properties 0, 1 and 2: major, minor and patch.
    let parts = (Int32(0)..<3).map { property in
      var value: Int32 = 0
      return get(property, &value) == 0 ? "\(value)" : "?"
    }
    return parts.joined(separator: ".")
  }

  private func cudnnVersion(_ library: DynamicLibrary) -> String {
    typealias Get = @convention(c) () -> UInt
    guard let get = library.function("cudnnGetVersion", as: Get.self) else { return "" }
    let version = get()
    return "\(version / 10000).\(version % 10000 / 100).\(version % 100)"
  }

  private func ncclVersion(_ library: DynamicLibrary) -> String {
    typealias Get = @convention(c) (UnsafeMutablePointer<Int32>) -> Int32
    var version: Int32 = 0
    guard let get = library.function("ncclGetVersion", as: Get.self), get(&version) == 0 else { return "" }
    return "\(version / 10000).\(version % 10000 / 100).\(version % 100)"
  }
}
