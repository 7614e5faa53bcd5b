import Foundation

/// What the machine has, as far as the system tells.
struct HostInformation {
  /// The processor's name.
  let processor: String
  /// The cores that this process may use.
  let cores: Int
  /// The widest vector instructions.
  let simd: String
  /// The memory, and how much of it is free.
  let memory: String

  init() {
    let cpu = HostInformation.fields(of: "/proc/cpuinfo")
    processor = cpu["model name"] ?? HostInformation.architecture
    cores = ProcessInfo.processInfo.activeProcessorCount
    simd = HostInformation.simd(flags: Set((cpu["flags"] ?? cpu["Features"] ?? "").split(separator: " ")))
    let free = HostInformation.fields(of: "/proc/meminfo")["MemAvailable"]
    let total = HostInformation.gibibytes(Double(ProcessInfo.processInfo.physicalMemory))
    let kibibytes = free.flatMap { $0.split(separator: " ").first }.flatMap { Double($0) }
    memory = total + (kibibytes.map { ", \(HostInformation.gibibytes($0 * 1024)) available" } ?? "")
  }

  private static func simd(flags: Set<Substring>) -> String {
    let levels: [(flag: Substring, name: String)] = [
      ("avx512f", "AVX-512"), ("avx2", "AVX2"), ("avx", "AVX"), ("sse4_2", "SSE4.2"), ("sse2", "SSE2"),
      ("sve", "SVE"), ("asimd", "NEON")
    ]
    return levels.first { flags.contains($0.flag) }?.name ?? "unknown"
  }

  private static func gibibytes(_ bytes: Double) -> String {
    "\((bytes / 1_073_741_824 * 10).rounded() / 10) GiB"
  }

  /// The first value of each `name : value` line.
  private static func fields(of path: String) -> [String: String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [:] }
    let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return (parts[0].trimmingCharacters(in: .whitespaces), parts[1].trimmingCharacters(in: .whitespaces))
    }
    return Dictionary(pairs) { first, _ in first }
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86-64"
    #elseif arch(arm64)
      "arm64"
    #else
      "unknown"
    #endif
  }
}
