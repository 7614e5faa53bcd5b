import CCUDA
import CaffeCore

/// What kernels found wrong with values, for the host to see when it next waits.
///
/// Eight words in the device's memory: what it is (0 nothing), where among the values, the value, what it should have been less than,
/// and the place that asked.
final class FaultReport {
  static let words = 8

  let memory: DeviceMemory
  /// The same, as of the last copy.
  let copy: UnsafeMutablePointer<Int32>

  private let libraries: CUDALibraries

  init(_ pool: DevicePool, _ opening: DeviceOpening) throws {
    libraries = opening.libraries
    let bytes = FaultReport.words * MemoryLayout<Int32>.stride
    var pointer: UnsafeMutableRawPointer?
    guard let memory = DeviceMemory(bytes: bytes, from: pool) else {
      throw CaffeError(.unsupported, "device \(opening.ordinal) (\(opening.name)) has no memory left at all")
    }
    try opening.libraries.check(libraries.cuda.memHostAlloc(&pointer, bytes, 0), "take memory that it can copy to")
    guard let pointer else { throw CaffeError(.unsupported, "the CUDA driver gives no memory of the host") }
    self.memory = memory
    copy = pointer.bindMemory(to: Int32.self, capacity: FaultReport.words)
    copy.update(repeating: 0, count: FaultReport.words)
  }

  deinit { _ = libraries.cuda.memFreeHost(copy) }
}

/// The names of those that ask for operations, numbered.
struct Places {
  private var numbers: [String: Int32] = [:]
  private var names = [""]
  /// Who asks now.
  private(set) var current: Int32 = 0

  mutating func begin(_ name: String) {
    if name == names[Int(current)] { return }
    if let number = numbers[name] {
      current = number
      return
    }
    current = Int32(names.count)
    numbers[name] = current
    names.append(name)
  }

  /// The name of number `index`; nothing where nobody said who asked.
  func name(_ index: Int32) -> String? { index > 0 && Int(index) < names.count ? names[Int(index)] : nil }
}
