#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How long the threads of the engine's pool spin for their next piece of work before they sleep.
///
/// Left to itself the pool (libgomp) spins for milliseconds. On quiet cores that costs nothing; beside other busy
/// processes it takes the core from the thread that everybody waits for, and an iteration takes ten times as long. A
/// short spin costs a few percent on quiet cores and keeps its speed on busy ones. libgomp reads the variable once, when the
/// program is loaded, so the program starts itself again with it.
enum WaitPolicy {
  private static let variable = "GOMP_SPINCOUNT"
  private static let spins = "2000"

  /// Starts the program again with a short spin, unless the user has chosen: OMP_WAIT_POLICY or GOMP_SPINCOUNT is set.
  static func apply() {
    #if os(Linux)
      guard getenv(variable) == nil, getenv("OMP_WAIT_POLICY") == nil else { return }
      setenv(variable, spins, 1)
      // Where it fails the program just goes on as it is.
      execv("/proc/self/exe", CommandLine.unsafeArgv)
    #endif
  }
}
