import Foundation

/// The Python that a user works with: where its library may be, and its packages.
struct PythonInstallation {
  /// Files or names of libpython, the most likely first.
  var libraries: [String] = []
  /// The folders that its modules come from.
  var paths: [String] = []

  private static let variable = "CAFFE_PYTHON_PATH"
  private static let question =
    "import sys, sysconfig\n" + """
      library = [sysconfig.get_config_var('LIBDIR') or '', sysconfig.get_config_var('INSTSONAME') or '']
      sys.stdout.write('\\n'.join(['/'.join(library)] + [path for path in sys.path if path]))
      """

  /// What `CAFFE_PYTHON_PATH` names; otherwise that of `python3`, and what the system may have.
  static func found() -> PythonInstallation {
    if let given = ProcessInfo.processInfo.environment[variable], !given.isEmpty {
      return PythonInstallation(libraries: [given])
    }
    var installation = PythonInstallation()
    let answer = ask().split(separator: "\n").map(String.init)
    if let library = answer.first, library.hasSuffix(".so") || library.contains(".so.") {
      installation.libraries.append(library)
      installation.paths = Array(answer.dropFirst())
    }
    installation.libraries += (9...13).reversed().map { "libpython3.\($0).so.1.0" }
    return installation
  }

  private static func ask() -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", question]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return "" }
    let answer = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: answer, as: UTF8.self) : ""
  }
}
