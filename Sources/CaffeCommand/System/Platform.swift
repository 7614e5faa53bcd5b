#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What the program asks of the operating system directly.
enum Platform {
  static let standardOutput: Int32 = 1
  static let standardError: Int32 = 2

  /// This process's number.
  static var process: Int { Int(getpid()) }

  /// This thread's number, as `ps` and `top` show it.
  static var thread: Int {
    #if os(Linux)
      // glibc's gettid isn't visible to Swift; the link reads `PROCESS/task/THREAD`.
      var bytes = [CChar](repeating: 0, count: 64)
      guard readlink("/proc/thread-self", &bytes, bytes.count - 1) > 0 else { return process }
      return text(bytes).split(separator: "/").last.flatMap { Int($0) } ?? process
    #else
      return Int(pthread_mach_thread_np(pthread_self()))
    #endif
  }

  /// The time on the wall.
  static func now() -> LogTime {
    var moment = timespec()
    clock_gettime(CLOCK_REALTIME, &moment)
    var parts = tm()
    localtime_r(&moment.tv_sec, &parts)
    return LogTime(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec),
      microsecond: Int(moment.tv_nsec) / 1000)
  }

  /// The machine's name.
  static var hostName: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    return text(bytes)
  }

  /// The user's name.
  static var userName: String {
    guard let name = getenv("USER") ?? getenv("LOGNAME") else {
      return getuid() == 0 ? "root" : "invalid-user"
    }
    return String(cString: name)
  }

  /// How many columns the terminal has that `descriptor` writes to; nil where it is none.
  static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard isatty(descriptor) == 1, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }

  /// Whether `descriptor` is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) != 0 }

  /// How many columns the terminal of standard error has; 80 where it doesn't say.
  static var columns: Int {
    var size = winsize()
    guard ioctl(standardError, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes all of `text`; what the system doesn't take (a closed pipe, a full disk) is lost.
  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
  }

  /// Writes all of `bytes`, as the other one does.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var rest = bytes
    while let start = rest.baseAddress, !rest.isEmpty {
      #if canImport(Darwin)
        let written = Darwin.write(descriptor, start, rest.count)
      #elseif canImport(Musl)
        let written = Musl.write(descriptor, start, rest.count)
      #else
        let written = Glibc.write(descriptor, start, rest.count)
      #endif
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { return }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
    }
  }

  /// Makes a file that isn't there yet, for writing.
  static func create(_ path: String) -> Int32? {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o664)
    return descriptor < 0 ? nil : descriptor
  }

  /// Points the symbolic link at `path` to `target`, in place of what it pointed to.
  static func link(_ path: String, to target: String) {
    unlink(path)
    symlink(target, path)
  }

  static func close(_ descriptor: Int32) {
    #if canImport(Darwin)
      _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
  }

  /// Removes what this process was writing, under temporary names, into the folder of the file `path`.
  static func removeTemporaryFiles(beside path: String) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    guard let listing = opendir(folder) else { return }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name.hasPrefix("."), name.contains(".\(process)."), name.hasSuffix(".tmp") { unlink(folder + name) }
    }
  }

  /// Ends the process at once, with what has been written so far.
  static func quit(_ status: Int32) -> Never { _exit(status) }

  private static func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
