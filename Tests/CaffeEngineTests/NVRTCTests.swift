import CaffeCUDAEngine
import CaffeCore
import CaffeTestSupport
import Foundation
import Testing

/// Every kernel, compiled by NVIDIA's own compiler; that needs no GPU. `scripts/check-kernels` installs it and runs this.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["CAFFE_NVRTC_PATH"] != nil, "CAFFE_NVRTC_PATH names no NVRTC"))
struct NVRTCTests {
  private static let names = KernelCompiler.names.sorted()

  @Test(arguments: ["sm_75", "sm_90", "sm_100"], names)
  func everyKernelIsCompiledWithoutWarningsAndSpills(architecture: String, name: String) throws {
    let compiler = KernelCompiler(try .openCompiler(), architecture: architecture, cache: nil)
    let (image, log) = try compiler.compile(
      KernelCompiler.text(of: name), name: name, asking: ["--ptxas-options=-v"])
    #expect(image.starts(with: [0x7F, 0x45, 0x4C, 0x46]), "machine code comes as an ELF file")
    #expect(!log.lowercased().contains("warning"), "\(log)")
    let uses = KernelUse.all(in: log)
    #expect(!uses.isEmpty, "no kernel in \(name): \(log)")
    for use in uses {
      print("kernel \(architecture) \(name).\(use.name): \(use.registers) registers, \(use.sharedBytes) bytes shared")
      #expect(use.spilledBytes == 0, "\(use.name) spills \(use.spilledBytes) bytes")
    }
  }

  @Test func whatDoesNotCompileIsSaidWithItsLine() throws {
    let compiler = KernelCompiler(try .openCompiler(), architecture: "sm_90", cache: nil)
    let error = try #require(throws: CaffeError.self) {
      try compiler.compile("#line 7 \"wrong\"\n__global__ void f() { g(); }\n", name: "wrong")
    }
    #expect(error.message.contains("wrong(7)") && error.message.contains("\"g\""), "\(error)")
  }
}

/// What ptxas says of a kernel.
struct KernelUse: Equatable {
  var name: String
  var registers = 0
  var sharedBytes = 0
  var spilledBytes = 0

  /// The kernels that a log of `--ptxas-options=-v` speaks of, with what functions they call.
  static func all(in log: String) -> [KernelUse] {
    var uses: [KernelUse] = []
    for line in log.split(separator: "\n") {
      if let match = line.firstMatch(of: /entry function '([^']+)'/) {
        uses.append(KernelUse(name: String(match.1)))
      }
      guard let last = uses.indices.last else { continue }
      if let match = line.firstMatch(of: /(\d+) bytes spill stores, (\d+) bytes spill loads/) {
        uses[last].spilledBytes += (Int(match.1) ?? 0) + (Int(match.2) ?? 0)
      }
      if let match = line.firstMatch(of: /Used (\d+) registers/) { uses[last].registers = Int(match.1) ?? 0 }
      if let match = line.firstMatch(of: /(\d+) bytes smem/) { uses[last].sharedBytes = Int(match.1) ?? 0 }
    }
    return uses
  }
}

@Suite struct KernelUseTests {
  @Test func registersAndSpillsAreReadFromALog() {
    let log = """
      ptxas info    : 0 bytes gmem
      ptxas info    : Compiling entry function 'fill' for 'sm_90'
      ptxas info    : Function properties for fill
          0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
      ptxas info    : Used 12 registers, used 0 barriers
      ptxas info    : Compiling entry function 'sum' for 'sm_90'
      ptxas info    : Function properties for sum
          40 bytes stack frame, 8 bytes spill stores, 16 bytes spill loads
      ptxas info    : Used 255 registers, used 1 barriers, 128 bytes smem
      """
    #expect(
      KernelUse.all(in: log) == [
        KernelUse(name: "fill", registers: 12),
        KernelUse(name: "sum", registers: 255, sharedBytes: 128, spilledBytes: 24)
      ])
  }
}
