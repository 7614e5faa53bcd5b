#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The operating system's file calls, in one place, with errors that say what to do.
package enum SystemCalls {
  /// What a path names.
  package enum Kind { case missing, regular, folder, other }

  /// What `path` names, after links.
  package static func kind(of path: String) -> Kind {
    var info = stat()
    guard stat(path, &info) == 0 else { return .missing }
    return kind(of: info)
  }

  static func kind(of info: stat) -> Kind {
    switch info.st_mode & S_IFMT {
    case S_IFREG: .regular
    case S_IFDIR: .folder
    default: .other
    }
  }

  /// The path that `path` stands for after all links, or itself where it names nothing.
  static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  /// Asks for large pages; where there are none all goes on as it was.
  static func preferLargePages(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
    #if os(Linux)
      _ = madvise(start, bytes, 14)  // MADV_HUGEPAGE, which isn't among the imported names.
    #endif
  }

  /// Opens a file, again after an interruption by a signal; -1 with `errno` set if it fails.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o666) -> Int32 {
    repeatedly { unsafeOpen(path, flags | O_CLOEXEC, mode) }
  }

  static func sync(_ descriptor: Int32) -> Int32 { repeatedly { fsync(descriptor) } }

  /// Runs a call until it is not cut short by a signal.
  static func repeatedly<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// The error for a failed call: what was tried, why it failed, and what to do.
  package static func error(_ path: String, _ action: String, _ code: Int32 = errno) -> CaffeError {
    let reason = String(cString: strerror(code))
    return CaffeError(.file, file: path, "\(action): \(reason); \(remedy(path, code))")
  }

  private static func remedy(_ path: String, _ code: Int32) -> String {
    switch code {
    case ENOENT where kind(of: folder(of: path)) != .folder:
      "there is no folder \"\(folder(of: path))\": make it with mkdir -p, or correct the path"
        + (path.hasPrefix("/") ? "" : " (it counts from \"\(currentFolder)\")")
    case ENOENT:
      "check the name" + (path.hasPrefix("/") ? "" : "; the path counts from \"\(currentFolder)\"")
    case EACCES, EPERM: "check the permissions of it and of its folder"
    case EROFS: "choose a folder that can be written to"
    case ENOSPC, EDQUOT: "free some space, or choose a folder on another disk"
    case ENOTDIR: "a part of the path is a file where a folder should be"
    case EMFILE, ENFILE: "too many files are open: raise the limit with ulimit -n"
    case ENAMETOOLONG: "choose a shorter name"
    case ENOMEM: "there is not enough memory to map it"
    default: "check the path and the disk"
    }
  }

  /// The folder part of a path.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The name part of a path.
  package static func name(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.utf8.index(after: slash)...])
  }

  /// The folder that relative paths count from.
  static var currentFolder: String {
    guard let text = getcwd(nil, 0) else { return "." }
    defer { free(text) }
    return String(cString: text)
  }
}

private func unsafeOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 { open(path, flags, mode) }
