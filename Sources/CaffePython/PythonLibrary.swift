import CaffeCore

/// The few functions of libpython that are called.
struct PythonLibrary {
  /// Which library it is.
  let name: String

  private typealias Initialize = @convention(c) (Int32) -> Void
  private typealias Run = @convention(c) (UnsafePointer<CChar>, UnsafeMutableRawPointer?) -> Int32
  private typealias Release = @convention(c) () -> UnsafeMutableRawPointer?

  private let initializeFunction: Initialize
  private let runFunction: Run
  private let releaseFunction: Release

  /// Opens the first of `candidates` that can be opened.
  ///
  /// - Throws: `CaffeError` that names the variable by which it can be given.
  init(candidates: [String]) throws {
    var complaints: [String] = []
    for candidate in candidates {
      let library: DynamicLibrary
      do {
        // Modules in C look for Python's own functions in the whole process.
        library = try DynamicLibrary(opening: candidate, isGlobal: true)
      } catch {
        complaints.append("\(error)")
        continue
      }
      guard let initialize = library.function("Py_InitializeEx", as: Initialize.self),
        let run = library.function("PyRun_SimpleStringFlags", as: Run.self),
        let release = library.function("PyEval_SaveThread", as: Release.self)
      else {
        complaints.append("\(candidate): no library of Python 3")
        continue
      }
      name = candidate
      (initializeFunction, runFunction, releaseFunction) = (initialize, run, release)
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
