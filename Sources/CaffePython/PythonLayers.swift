import CCaffe
import CaffeABI
import CaffeCore
import CaffeNet
import Foundation
import Synchronization

/// Layers written in Python, in a program that isn't.
///
/// Python runs in this process, from a `libpython` that is opened when it is first needed; its package `caffe` then registers the
/// layer type "Python" through the C interface, whose functions it calls in this program.
public enum PythonLayers {
  private static let isStarted = Mutex(false)

  /// Starts Python, unless it runs already, and adds the layer type "Python".
  ///
  /// - Throws: `CaffeError` of code `unsupported` when there is no Python, or it can't import the package.
  public static func add(to registry: inout LayerRegistry) throws {
    try isStarted.withLock { isStarted in
      guard !isStarted else { return }
      try start()
      isStarted = true
    }
    RegisteredLayerTypes.add(to: &registry)
  }

  private static func start() throws {
    let installation = PythonInstallation.found()
    let library = try PythonLibrary(candidates: installation.libraries)
    library.initialize()
    // Other threads, and this one while it computes, must be able to take the interpreter's lock.
    defer { library.releaseLock() }
    guard library.run(program(paths: installation.paths)) else {
      throw CaffeError(
        .unsupported,
        "Python (\(library.name)) can't import the package caffe, for the reason above; have python3 be one for which "
          + "`pip install ./python` was called, or put the package's folder on PYTHONPATH")
    }
  }

  /// What Python runs first.
  private static func program(paths: [String]) -> String {
    var functions: [String] = []
    var index: Int64 = 0
    while let name = caffe_function_name(index) {
      functions.append("'\(String(cString: name))': \(caffe_function_address(index))")
      index += 1
    }
    return "import sys\n" + """
      sys.argv = ['caffe']
      sys._caffe_functions = {\(functions.joined(separator: ", "))}
      for path in [\((paths + ownFolders).map(literal).joined(separator: ", "))]:
          if path not in sys.path:
              sys.path.append(path)
      sys.path.insert(0, '')
      """ + "\nimport caffe"
  }

  /// Where the package is beside this program, as scripts/build leaves it.
  private static var ownFolders: [String] {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      let package = folder.appendingPathComponent("python")
      if FileManager.default.fileExists(atPath: package.appendingPathComponent("caffe/_library.py").path) {
        return [package.path]
      }
      folder.deleteLastPathComponent()
    }
    return []
  }

  private static func literal(_ text: String) -> String {
    let escaped = text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "'", with: "\\'")
    return "'\(escaped)'"
  }
}
