import CaffeCore
import Synchronization

/// What all engines on the same libraries have together.
final class SharedParts: Sendable {
  private let hasTold = Atomic(false)
  private let images = Mutex<[String: [String: Result<[UInt8], CaffeError>]]>([:])

  /// Whether nobody asked this before: what is the same for all engines is said once.
  func isFirstToTell() -> Bool { !hasTold.exchange(true, ordering: .relaxed) }

  /// What the compiler makes of all kernels: once for each kind of device, while engines for others of that kind wait.
  func images(by compiler: KernelCompiler) -> [String: Result<[UInt8], CaffeError>] {
    images.withLock { images in
      if let made = images[compiler.architecture] { return made }
      let made = compiler.images()
      images[compiler.architecture] = made
      return made
    }
  }
}
