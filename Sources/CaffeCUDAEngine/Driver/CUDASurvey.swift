import CCUDA
import CaffeCore
import Foundation

/// What there is of NVIDIA's on a machine.
public struct CUDASurvey: Sendable {
  /// A library, or why there is none.
  public struct Library: Sendable {
    /// What it is called: "cuBLAS".
    public var name: String
    /// Whether no GPU can be used without it.
    public var isNeeded: Bool
    /// Whether there is none, and nobody says where one is; a fault of one that is there is another matter.
    public var isAbsent: Bool
    /// What was opened.
    public var result: Result<OpenedLibrary, CaffeError>

    package init(
      name: String, isNeeded: Bool, isAbsent: Bool = false, result: Result<OpenedLibrary, CaffeError>
    ) {
      self.name = name
      self.isNeeded = isNeeded
      self.isAbsent = isAbsent
      self.result = result
    }
  }

  /// The libraries, the driver first.
  public var libraries: [Library]
  /// The devices, or why there are none.
  public var devices: Result<[CUDADeviceDescription], CaffeError>

  /// Looks for everything, by the rules of `CUDALibraries.open`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    var opened: [OpenedLibrary] = []
    let driver = Result { try CUDALibraries.openDriver(environment: environment, noting: &opened) }
      .mapError(CUDASurvey.asCaffeError)
    devices = driver.flatMap { table in CUDASurvey.devices(table) }
    let name = CUDALibrary.driver.name
    libraries = [
      Library(
        name: name, isNeeded: true,
        result: driver.map { _ in opened.first ?? OpenedLibrary(name: name, version: "", path: "") })
    ]
    for library in CUDALibrary.allCases where library != .driver {
      libraries.append(CUDASurvey.look(for: library, environment))
    }
  }

  /// Opens a library and looks for all functions that it must have.
  private static func look(for library: CUDALibrary, _ environment: [String: String]) -> Library {
    let found = Result { try library.search(environment: environment).openIfThere(environment: environment) }
    let result = Result {
      // Who opens it again is told where it was looked for.
      let opened = try found.get() ?? library.open(environment: environment)
      try library.checkFunctions(of: opened)
      return OpenedLibrary(name: library.name, version: library.version(of: opened), path: opened.path)
    }
    // Where a variable names cuDNN, that one is used, or nothing is.
    var seen = Library(
      name: library.name, isNeeded: library.isNeeded || (library == .cudnn && library.isNamed(in: environment)),
      result: result.mapError(asCaffeError))
    if case .success(.none) = found { seen.isAbsent = true }
    return seen
  }

  /// Looks at libraries that are open.
  package init(_ libraries: CUDALibraries) {
    self.libraries = libraries.opened.map { Library(name: $0.name, isNeeded: true, result: .success($0)) }
    devices = CUDASurvey.devices(libraries.cuda)
  }

  private static func devices(_ cuda: caffe_cuda_table) -> Result<[CUDADeviceDescription], CaffeError> {
    Result { try CUDADeviceDescription.all(cuda) }.mapError(asCaffeError)
  }

  private static func asCaffeError(_ error: any Error) -> CaffeError {
    error as? CaffeError ?? CaffeError(.unsupported, "\(error)")
  }
}

/// What a driver tells about a device.
public struct CUDADeviceDescription: Hashable, Sendable {
  /// Its number, from 0.
  public var ordinal: Int
  /// What its maker calls it.
  public var name: String
  /// Its kind, 9.0 as 90.
  public var capability: Int
  /// How many multiprocessors it has.
  public var multiprocessors: Int
  /// Its memory in bytes.
  public var memory: Int
  /// How much of it is free, in bytes; nil when the device can't be begun with, and `fault` says why.
  public var freeMemory: Int?
  /// Why it can't be used.
  public var fault: String?

  /// All devices, by their numbers.
  ///
  /// - Throws: `CaffeError` when there are none that the driver can use.
  static func all(_ cuda: caffe_cuda_table) throws -> [CUDADeviceDescription] {
    let libraries = CUDALibraries(cuda: cuda, nvrtc: caffe_nvrtc_table(), cublas: caffe_cublas_table())
    return try (0..<libraries.deviceCount()).map { ordinal in
      var device: caffe_cu_device = 0
      try libraries.check(cuda.deviceGet(&device, Int32(ordinal)), "find device \(ordinal)")
      var bytes = 0
      _ = cuda.deviceTotalMem(&bytes, device)
      let capability =
        DeviceOpening.attribute(libraries, CAFFE_CU_CAPABILITY_MAJOR, device) * 10
        + DeviceOpening.attribute(libraries, CAFFE_CU_CAPABILITY_MINOR, device)
      var description = CUDADeviceDescription(
        ordinal: ordinal, name: DeviceOpening.name(libraries, device), capability: capability,
        multiprocessors: DeviceOpening.attribute(libraries, CAFFE_CU_MULTIPROCESSORS, device), memory: bytes)
      do { description.freeMemory = try libraries.freeMemory(device, ordinal) } catch { description.fault = "\(error)" }
      return description
    }
  }
}

extension CUDALibraries {
  /// How many devices there are.
  ///
  /// - Throws: `CaffeError` when there are none that the driver can use.
  package func deviceCount() throws -> Int {
    let started = cuda.`init`(0)
    var count: Int32 = 0
    if started != CAFFE_CU_NO_DEVICE.status {
      try check(started, "start")
      try check(cuda.deviceGetCount(&count), "count the devices")
    }
    guard count > 0 else {
      throw CaffeError(.unsupported, "there is a CUDA driver, but no GPU that it can use (see nvidia-smi)")
    }
    return Int(count)
  }

  /// How many bytes of a device are free; this begins with the device for a moment.
  fileprivate func freeMemory(_ device: caffe_cu_device, _ ordinal: Int) throws -> Int {
    var context: caffe_cu_context?
    try check(cuda.primaryContextRetain(&context, device), "begin with device \(ordinal)")
    defer { _ = cuda.primaryContextRelease(device) }
    try check(cuda.contextSetCurrent(context), "use device \(ordinal)")
    defer { _ = cuda.contextSetCurrent(nil) }
    var (free, total) = (0, 0)
    try check(cuda.memGetInfo(&free, &total), "tell what is free on device \(ordinal)")
    return free
  }
}
