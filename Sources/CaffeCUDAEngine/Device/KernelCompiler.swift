import CCUDA
import CaffeCore
import Foundation
import Synchronization

/// Compiles the sources of kernels for one kind of device, and keeps what came of it in a folder.
package struct KernelCompiler: Sendable {
  /// `sm_90`.
  package let architecture: String
  let libraries: CUDALibraries
  /// Where compiled kernels are kept; nothing where there is no such place.
  let cache: String?

  /// The sources by name, without what goes before each.
  package static let sources: [String: String] = {
    var sources: [String: String] = [:]
    var index = 0
    while let name = caffe_kernel_source_at(index).name, let text = caffe_kernel_source_at(index).text {
      sources[String(cString: name)] = String(cString: text)
      index += 1
    }
    return sources
  }()

  /// The files that have kernels, those first that take longest to compile.
  package static let names = sources.keys.filter { !["geometry", "prelude"].contains($0) }
    .sorted { (sources[$0]?.utf8.count ?? 0, $1) > (sources[$1]?.utf8.count ?? 0, $0) }

  /// Makes a compiler; `cache` is by default the folder `swiftcaffe/kernels` where the user's programs keep such files.
  package init(_ libraries: CUDALibraries, architecture: String, cache: String? = KernelCompiler.standardCache) {
    self.libraries = libraries
    self.architecture = architecture
    self.cache = cache
  }

  /// `$XDG_CACHE_HOME/swiftcaffe/kernels`, or the same in `~/.cache`.
  package static var standardCache: String? {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["XDG_CACHE_HOME"], !folder.isEmpty { return folder + "/swiftcaffe/kernels" }
    return environment["HOME"].map { $0 + "/.cache/swiftcaffe/kernels" }
  }

  /// The text that is compiled for the file `name`.
  package static func text(of name: String) -> String {
    ["geometry", "prelude", name].map { "#line 1 \"\($0)\"\n" + (sources[$0] ?? "") }.joined(separator: "\n")
  }

  /// What the compiler is told.
  private var options: [String] { ["--gpu-architecture=\(architecture)", "--std=c++17"] }

  /// The machine code of the file `name`: from the folder, if it was compiled before.
  ///
  /// - Throws: `CaffeError` with the compiler's messages.
  package func image(of name: String) throws -> [UInt8] {
    let text = KernelCompiler.text(of: name)
    let path = cache.map { "\($0)/\(name)-\(architecture)-\(key(text)).cubin" }
    if let path, let image = FileManager.default.contents(atPath: path), !image.isEmpty { return Array(image) }
    let image = try compile(text, name: name)
    if let path, let cache { keep(image, path, in: cache) }
    return image
  }

  /// The machine code of all files, or why there is none; what must be compiled is compiled side by side.
  func images() -> [String: Result<[UInt8], CaffeError>] {
    let names = KernelCompiler.names
    let images = Mutex<[String: Result<[UInt8], CaffeError>]>([:])
    DispatchQueue.concurrentPerform(iterations: names.count) { index in
      let image = Result { try self.image(of: names[index]) }.mapError {
        $0 as? CaffeError ?? CaffeError(.unsupported, "\($0)")
      }
      images.withLock { $0[names[index]] = image }
    }
    return images.withLock { $0 }
  }

  /// Whoever can't keep it compiles again the next time.
  private func keep(_ image: [UInt8], _ path: String, in folder: String) {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? AtomicFile.write(to: path) { try $0.write(image) }
  }

  private func key(_ text: String) -> String {
    var (major, minor): (Int32, Int32) = (0, 0)
    _ = libraries.nvrtc.version(&major, &minor)
    let all = Array("\(major).\(minor) \(options.joined(separator: " "))\n\(text)".utf8)
    return String(all.withUnsafeBytes { Checksum.of($0) }, radix: 16)
  }

  /// Compiles a text.
  ///
  /// - Throws: `CaffeError` with the compiler's messages.
  package func compile(_ text: String, name: String) throws -> [UInt8] {
    try compile(text, name: name, asking: []).image
  }

  /// Compiles a text, and gives what the compiler says of it when it is told `more` than usual.
  ///
  /// - Throws: `CaffeError` with the compiler's messages.
  package func compile(_ text: String, name: String, asking more: [String]) throws -> (image: [UInt8], log: String) {
    var program: caffe_nvrtc_program?
    guard libraries.nvrtc.createProgram(&program, text, "\(name).cu", 0, nil, nil) == 0, let made = program else {
      throw CaffeError(.unsupported, "NVIDIA's run-time compiler can't begin with kernels \"\(name)\"")
    }
    defer { _ = libraries.nvrtc.destroyProgram(&program) }
    let words = options + more
    let status = withCStrings(words) { libraries.nvrtc.compileProgram(made, Int32(words.count), $0) }
    guard status == 0 else {
      throw CaffeError(
        .unsupported,
        "NVIDIA's run-time compiler can't compile kernels \"\(name)\" for \(architecture) (error \(status)): \(log(of: made))"
      )
    }
    return (try image(of: made), log(of: made))
  }

  private func image(of program: caffe_nvrtc_program) throws -> [UInt8] {
    var bytes = 0
    guard libraries.nvrtc.getCubinSize(program, &bytes) == 0, bytes > 0 else {
      throw CaffeError(.unsupported, "NVIDIA's run-time compiler gives no machine code for \(architecture)")
    }
    var image = [UInt8](repeating: 0, count: bytes)
    let got = image.withUnsafeMutableBytes {
      libraries.nvrtc.getCubin(program, $0.baseAddress?.assumingMemoryBound(to: CChar.self))
    }
    guard got == 0 else { throw CaffeError(.unsupported, "NVIDIA's run-time compiler gives no machine code") }
    return image
  }

  private func log(of program: caffe_nvrtc_program) -> String {
    var size = 0
    guard libraries.nvrtc.getLogSize(program, &size) == 0, size > 1 else { return "" }
    var text = [CChar](repeating: 0, count: size)
    guard libraries.nvrtc.getLog(program, &text) == 0 else { return "" }
    return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
  }
}
