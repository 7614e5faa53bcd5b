#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A library that was opened at run time; it stays open until the process ends.
package struct DynamicLibrary: @unchecked Sendable {
  /// What the system's loader knows it by.
  package let handle: UnsafeMutableRawPointer
  /// Its file, as far as the loader tells.
  package let path: String

  /// Opens `file`, a path or a name that the loader looks for.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - isGlobal: Whether libraries that are opened later find its functions.
  /// - Throws: `CaffeError` of code `file` with what the loader says.
  package init(opening file: String, isGlobal: Bool = false) throws {
    guard let handle = dlopen(file, RTLD_NOW | (isGlobal ? RTLD_GLOBAL : RTLD_LOCAL)) else {
      throw CaffeError(.file, dlerror().map { String(cString: $0) } ?? "\(file) can't be opened")
    }
    self.handle = handle
    path = DynamicLibrary.path(of: handle) ?? file
  }

  /// Where a function is; nil when there is none of this name.
  package func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

  /// A function as C has it; nil when there is none of this name. `type` is a C function's type.
  package func function<Function>(_ name: String, as type: Function.Type) -> Function? {
    symbol(name).map { unsafeBitCast($0, to: type) }
  }

  /// The file that the loader found, without symbolic links.
  private static func path(of handle: UnsafeMutableRawPointer) -> String? {
    #if os(Linux)
      // glibc declares dlinfo for programs that ask for its extensions only. Request 2 gives the loader's record: an address, then the name.
      typealias Inform = @convention(c) (UnsafeMutableRawPointer, Int32, UnsafeMutableRawPointer) -> Int32
      guard let program = dlopen(nil, RTLD_NOW), let function = dlsym(program, "dlinfo") else { return nil }
      var record: UnsafeMutableRawPointer?
      guard unsafeBitCast(function, to: Inform.self)(handle, 2, &record) == 0, let record,
        let name = record.load(fromByteOffset: MemoryLayout<UInt>.stride, as: UnsafePointer<CChar>?.self),
        let resolved = realpath(name, nil)
      else { return nil }
      defer { free(resolved) }
      return String(cString: resolved)
    #else
      return nil
    #endif
  }
}
