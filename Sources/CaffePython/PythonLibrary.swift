import CaffeCore
import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The few functions of libpython that are called.
struct PythonLibrary {
  /// Which library it is.
  let name: String

  private let initializeFunction: @convention(c) (Int32) -> Void
  private let runFunction: @convention(c) (UnsafePointer<CChar>, UnsafeMutableRawPointer?) -> Int32
  private let releaseFunction: @convention(c) () -> UnsafeMutableRawPointer?

  /// Opens the first of `candidates` that can be opened.
  ///
  /// - Throws: `CaffeError` that names the variable by which it can be given.
  init(candidates: [String]) throws {
    var complaints: [String] = []
    for candidate in candidates {
      // Modules in C look for Python's own functions in the whole process.
      guard let handle = dlopen(candidate, RTLD_NOW | RTLD_GLOBAL) else {
        complaints.append(dlerror().map { String(cString: $0) } ?? candidate)
        continue
      }
      guard let initialize = dlsym(handle, "Py_InitializeEx"), let run = dlsym(handle, "PyRun_SimpleStringFlags"),
        let release = dlsym(handle, "PyEval_SaveThread")
      else {
        complaints.append("\(candidate): no library of Python 3")
        continue
      }
      name = candidate
      initializeFunction = unsafeBitCast(initialize, to: (@convention(c) (Int32) -> Void).self)
      runFunction = unsafeBitCast(
        run, to: (@convention(c) (UnsafePointer<CChar>, UnsafeMutableRawPointer?) -> Int32).self)
      releaseFunction = unsafeBitCast(release, to: (@convention(c) () -> UnsafeMutableRawPointer?).self)
      return
    }
    throw CaffeError(
      .unsupported,
      "Python layers need Python's library, and it can't be opened (\(complaints.joined(separator: "; "))); install "
        + "libpython3 (apt-get install libpython3.11), or name its file in CAFFE_PYTHON_PATH")
  }

  /// Starts Python, without its signal handlers: Ctrl-C stays what it is here.
  func initialize() { initializeFunction(0) }

  /// Runs a program; Python prints what is wrong with it.
  ///
  /// - Returns: Whether it ran to its end.
  func run(_ program: String) -> Bool { runFunction(program, nil) == 0 }

  /// Gives the interpreter's lock up.
  func releaseLock() { _ = releaseFunction() }
}
