import CaffeCUDAEngine
import CaffeCore
import CaffeTestSupport
import Foundation
import Testing

/// How NVIDIA's libraries are opened, with small libraries that are none of NVIDIA's.
@Suite(.enabled(if: CompiledLibrary.canBeMade, "there is no C compiler, cc"))
struct CUDALibrariesTests {
  private static let version = "int cuDriverGetVersion(int *version) { *version = VERSION; return 0; }\n"

  private func driver(_ version: Int, _ more: String = "") throws -> CompiledLibrary {
    try CompiledLibrary("libcuda.so.1", "#define VERSION \(version)\n" + CUDALibrariesTests.version + more)
  }

  /// A library with all functions of `header`, each of which returns 0; but those in `functions`.
  private func whole(_ name: String, _ header: String, _ table: String, functions: String = "") throws
    -> CompiledLibrary
  {
    let source = """
      #include "\(header)"
      #define STUB(field, symbol, parameters) __attribute__((weak)) int stub_##field(void) __asm__(symbol); \\
        int stub_##field(void) { return 0; }
      \(table)(STUB)
      """
    return try CompiledLibrary(name, source, functions, includes: CUDALibrariesTests.headers)
  }

  private static let headers = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Sources/CCUDA/include").path

  private func open(_ paths: [String: String]) throws -> CUDALibraries {
    try CUDALibraries.open(environment: paths)
  }

  private func message(_ paths: [String: String]) throws -> String {
    let error = try #require(throws: CaffeError.self) { try open(paths) }
    #expect(error.code == .unsupported)
    return "\(error)"
  }

  @Test func withoutADriverTheErrorNamesTheVariable() throws {
    let text = try message(["CAFFE_CUDA_PATH": "/nowhere/libcuda.so.1"])
    #expect(text.contains("CAFFE_CUDA_PATH=/nowhere/libcuda.so.1") && text.contains("the NVIDIA driver"), "\(text)")
  }

  @Test func anOldDriverIsNamedWithWhatIsNeeded() throws {
    let old = try driver(11040)
    let text = try message(["CAFFE_CUDA_PATH": old.folder])
    #expect(text.contains("too old") && text.contains("CUDA 11.4") && text.contains("12.0"), "\(text)")
  }

  @Test func aDriverThatLacksFunctionsIsNamedWithTheFirst() throws {
    let poor = try driver(12080, "int cuInit(unsigned flags) { return 0; }")
    let text = try message(["CAFFE_CUDA_PATH": poor.path])
    #expect(text.contains("no function cuGetErrorName") && text.contains("CAFFE_CUDA_PATH"), "\(text)")
    let other = try CompiledLibrary("libcuda.so.1", "int other(void) { return 0; }")
    #expect(try message(["CAFFE_CUDA_PATH": other.path]).contains("no function cuDriverGetVersion"))
  }

  @Test func aDriverThatTellsNoVersionIsNone() throws {
    let stub = try CompiledLibrary("libcuda.so.1", "int cuDriverGetVersion(int *version) { return 34; }")
    #expect(try message(["CAFFE_CUDA_PATH": stub.path]).contains("no working driver"))
  }

  @Test func everyLibraryIsOpenedAndNoted() throws {
    let libraries = try WholeLibraries(self)
    let opened = try open(libraries.paths).opened
    #expect(opened.map(\.name) == ["the NVIDIA driver", "NVRTC", "cuBLAS"])
    #expect(opened.map(\.version) == ["CUDA 12.8", "13.0", "13.1.2"])
    #expect(
      opened.map { ($0.path as NSString).lastPathComponent } == ["libcuda.so.1", "libnvrtc.so.13", "libcublas.so.12"])
  }

  @Test func aLibraryThatLacksFunctionsIsNamedWithTheFirst() throws {
    let libraries = try WholeLibraries(self)
    defer { withExtendedLifetime(libraries) {} }
    var paths = libraries.paths
    let poor = try CompiledLibrary("libcublas.so.13", "int cublasCreate_v2(void *handle) { return 0; }")
    paths["CAFFE_CUBLAS_PATH"] = poor.path
    let text = try message(paths)
    #expect(text.contains("cuBLAS") && text.contains("no function cublasDestroy_v2"), "\(text)")
    #expect(text.contains("CAFFE_CUBLAS_PATH"))
  }

  @Test func aLibraryIsFoundInAVirtualEnvironment() throws {
    let libraries = try WholeLibraries(self)
    let folder = try TemporaryFolder()
    let target = folder.file("lib/python3.12/site-packages/nvidia/cu13/lib")
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: libraries.nvrtc.path, toPath: target + "/libnvrtc.so.13")
    let opened = try CUDALibraries.openCompiler(environment: ["VIRTUAL_ENV": folder.path]).opened
    // Where the system has one, that goes first.
    #expect(
      opened.first?.path.hasSuffix("libnvrtc.so.13") == true || opened.first?.path.hasPrefix(folder.path) == false)
  }

  @Test func whyThereIsNoCuDNNIsKept() throws {
    let libraries = try WholeLibraries(self)
    defer { withExtendedLifetime(libraries) {} }
    let folder = try TemporaryFolder()
    let target = folder.file("lib/python3.12/site-packages/nvidia/cudnn/lib")
    var paths = libraries.paths
    paths["VIRTUAL_ENV"] = folder.path
    let without = try open(paths)
    // Where the system has one, that goes first.
    guard without.cudnn == nil else { return }
    #expect(without.cudnnFault?.message.contains("isn't there") == true)
    #expect(without.cudnnFault?.message.contains("CAFFE_CUDNN_PATH") == true)
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    let poor = try CompiledLibrary("libcudnn.so.9", "int cudnnCreate(void *handle) { return 0; }")
    try FileManager.default.copyItem(atPath: poor.path, toPath: target + "/libcudnn.so.9")
    #expect(try open(paths).cudnnFault?.message.contains("no function cudnnDestroy") == true)
  }

  @Test func aSurveyTellsWhatIsThereAndWhatIsMissing() throws {
    let libraries = try WholeLibraries(self)
    defer { withExtendedLifetime(libraries) {} }
    var paths = libraries.paths
    paths["CAFFE_CUBLAS_PATH"] = "/nowhere"
    paths["CAFFE_CUDNN_PATH"] = "/nowhere"
    paths["CAFFE_NCCL_PATH"] = "/nowhere"
    let survey = CUDASurvey(environment: paths)
    #expect(survey.libraries.map(\.name) == ["the NVIDIA driver", "NVRTC", "cuBLAS", "cuDNN", "NCCL"])
    let isThere = survey.libraries.map { (try? $0.result.get()) != nil }
    #expect(isThere == [true, true, false, false, false])
    // Somebody named them: that they aren't there is an error.
    #expect(!survey.libraries.contains { $0.isAbsent })
    #expect(survey.libraries.map(\.isNeeded) == [true, true, true, true, false])
    // This driver has no device.
    #expect(throws: CaffeError.self) { try survey.devices.get() }
  }

  @Test func aSurveyLooksForEveryFunction() throws {
    let libraries = try WholeLibraries(self)
    defer { withExtendedLifetime(libraries) {} }
    var paths = libraries.paths
    let poor = try CompiledLibrary("libnccl.so.2", "int ncclGetVersion(int *version) { return 0; }")
    paths["CAFFE_NCCL_PATH"] = poor.path
    let survey = CUDASurvey(environment: paths)
    let nccl = try #require(survey.libraries.last)
    let error = try #require(throws: CaffeError.self) { try nccl.result.get() }
    #expect(error.message.contains("can't be used as NCCL: it has no function"), "\(error)")
    #expect(!nccl.isAbsent)
  }

  /// Libraries with all functions, none of which does anything.
  private struct WholeLibraries {
    let driver: CompiledLibrary
    let nvrtc: CompiledLibrary
    let cublas: CompiledLibrary

    init(_ tests: CUDALibrariesTests) throws {
      driver = try tests.whole(
        "libcuda.so.1", "cuda.h", "CAFFE_CUDA_FUNCTIONS",
        functions: "#define VERSION 12080\n" + CUDALibrariesTests.version)
      nvrtc = try tests.whole(
        "libnvrtc.so.13", "nvrtc.h", "CAFFE_NVRTC_FUNCTIONS",
        functions: "int nvrtcVersion(int *major, int *minor) { *major = 13; *minor = 0; return 0; }")
      cublas = try tests.whole(
        "libcublas.so.12", "cublas.h", "CAFFE_CUBLAS_FUNCTIONS",
        functions: """
          int cublasGetProperty(int property, int *value) { *value = property == 0 ? 13 : property; return 0; }
          """)
    }

    var paths: [String: String] {
      ["CAFFE_CUDA_PATH": driver.path, "CAFFE_NVRTC_PATH": nvrtc.folder, "CAFFE_CUBLAS_PATH": cublas.path]
    }
  }
}

@Suite struct GPUListTests {
  @Test func listsAreRead() throws {
    #expect(try GPUList("all") == .all)
    #expect(try GPUList("0") == .numbered([0]))
    #expect(try GPUList("2,0") == .numbered([2, 0]))
    #expect(try GPUList("2,0").description == "2,0")
  }

  @Test(arguments: ["", "x", "0,", "-1", "0,0", "0;1", "ALL"]) func othersAreErrors(text: String) throws {
    let error = try #require(throws: CaffeError.self) { try GPUList(text) }
    #expect(error.code == .flag && error.message.contains("\"\(text)\""))
  }

  @Test func enginesAreMadeForTheDevicesThatAreNamed() throws {
    let gpus = GPUs.standIn
    #expect(try gpus.engines(.all).map(\.ordinal) == gpus.ordinals(.all))
    #expect(try gpus.ordinals(.all).first == 0)
    let error = try #require(throws: CaffeError.self) { try gpus.engines(.numbered([0, 99])) }
    #expect(error.code == .value && error.message.contains("no GPU 99") && error.message.contains("this machine has"))
  }
}
