import CaffeCore
import Logging
import Synchronization

/// Which GPUs are asked for.
public enum GPUList: Hashable, Sendable, CustomStringConvertible {
  /// All that there are.
  case all
  /// These, by their numbers.
  case numbered([Int])

  /// Reads `all`, `0` or `0,1`.
  ///
  /// - Throws: `CaffeError` of code `flag` for anything else, and for a number that comes twice.
  public init(_ text: String) throws {
    if text == "all" {
      self = .all
      return
    }
    let numbers = try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let number = Int(word), number >= 0 else {
        throw CaffeError(.flag, "\"\(text)\" where GPUs were expected: give 0, 0,1 or all")
      }
      return number
    }
    guard Set(numbers).count == numbers.count else {
      throw CaffeError(.flag, "\"\(text)\" names a GPU twice; give each number once")
    }
    self = .numbered(numbers)
  }

  /// As it is written.
  public var description: String {
    switch self {
    case .all: "all"
    case .numbered(let numbers): numbers.map(String.init).joined(separator: ",")
    }
  }
}

/// Makes engines for a machine's GPUs; NVIDIA's libraries are opened when the first is asked for, and once.
public final class GPUs: Sendable {
  private let open: @Sendable () throws -> CUDALibraries
  private let look: @Sendable () -> CUDASurvey
  private let opened = Mutex<CUDALibraries?>(nil)
  /// What the engines are to do, unless something else is asked for.
  public let options: CUDAOptions

  /// Those of this machine.
  public init() {
    open = { try CUDALibraries.open() }
    look = { CUDASurvey() }
    options = CUDAOptions()
  }

  /// Those of `libraries`.
  package init(_ libraries: CUDALibraries, options: CUDAOptions) {
    open = { libraries }
    look = { CUDASurvey(libraries) }
    self.options = options
  }

  /// What there is, for people.
  public func survey() -> CUDASurvey { look() }

  /// The numbers of the GPUs that `list` names.
  ///
  /// - Throws: `CaffeError` when there is no GPU, none of such a number, or a library is missing.
  public func ordinals(_ list: GPUList) throws -> [Int] {
    let count = try libraries().deviceCount()
    guard case .numbered(let numbers) = list else { return Array(0..<count) }
    if let missing = numbers.first(where: { $0 >= count }) { throw GPUs.noSuchDevice(missing, count: count) }
    return numbers
  }

  /// Says that there is no GPU `ordinal`.
  package static func noSuchDevice(_ ordinal: Int, count: Int) -> CaffeError {
    CaffeError(
      .value,
      count == 1
        ? "there is no GPU \(ordinal): this machine has one, number 0"
        : "there is no GPU \(ordinal): this machine has \(count), numbered from 0 to \(count - 1)")
  }

  /// An engine for each of the GPUs that `list` names, in its order; several can exchange values by NCCL.
  ///
  /// - Throws: `CaffeError` when there is no GPU, none of such a number, or a library is missing.
  public func engines(
    _ list: GPUList, options: CUDAOptions? = nil, logger: Logger = .silent
  ) throws -> [CUDAEngine] {
    let ordinals = try ordinals(list)
    let libraries = try ordinals.count > 1 ? librariesForSeveral() : libraries()
    return try ordinals.map {
      try CUDAEngine(libraries, ordinal: $0, options: options ?? self.options, logger: logger)
    }
  }

  /// An engine for GPU `ordinal`.
  ///
  /// - Throws: `CaffeError` when there is no such GPU, or a library is missing.
  public func engine(
    _ ordinal: Int = 0, options: CUDAOptions? = nil, logger: Logger = .silent
  ) throws -> CUDAEngine {
    try CUDAEngine(try libraries(), ordinal: ordinal, options: options ?? self.options, logger: logger)
  }

  private func librariesForSeveral() throws -> CUDALibraries {
    var libraries = try libraries()
    do {
      try libraries.openNCCL()
    } catch var error as CaffeError {
      error.message = "several GPUs need NCCL: \(error.message)"
      throw error
    }
    opened.withLock { $0 = libraries }
    return libraries
  }

  private func libraries() throws -> CUDALibraries {
    try opened.withLock { opened in
      if let opened { return opened }
      let libraries = try open()
      opened = libraries
      return libraries
    }
  }
}

extension CUDAEngine {
  /// The GPU's number.
  public var ordinal: Int { device.ordinal }

  /// What its maker calls it.
  public var deviceName: String { device.name }

  /// Opens GPU `ordinal` of this machine, with the libraries that are found there.
  ///
  /// - Throws: `CaffeError` when there is no such GPU, or something that it needs is missing.
  public convenience init(ordinal: Int = 0, options: CUDAOptions = CUDAOptions(), logger: Logger = .silent) throws {
    try self.init(try CUDALibraries.open(), ordinal: ordinal, options: options, logger: logger)
  }
}
