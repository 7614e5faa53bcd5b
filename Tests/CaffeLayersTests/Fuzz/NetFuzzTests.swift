import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Random nets of random layers and parameters, of which many make no sense: each either runs or ends in a `CaffeError`.
///
/// `CAFFE_FUZZ_NETS` sets how many, `CAFFE_FUZZ_SEED` runs that one alone and prints it.
@Suite(.serialized) struct NetFuzzTests {
  private static let environment = ProcessInfo.processInfo.environment

  @Test func everyNetRunsOrIsRefused() throws {
    var fuzzer = try NetFuzzer(engine: CPUEngine(), files: FuzzFiles())
    var report = FuzzReport()
    if let seed = Self.environment["CAFFE_FUZZ_SEED"].flatMap(UInt64.init) {
      fuzzer.trace = { FileHandle.standardError.write(Data($0.utf8)) }
      TrapNote.running([seed]) { seed in
        let outcome = fuzzer.run(seed: seed)
        print(outcome.refused.map { "refused: \($0.error)" } ?? "ran: \(outcome.ran)")
        report.add(outcome)
      }
      #expect(report.failures.isEmpty, "\(report.failures.joined())")
      return
    }
    let count = Self.environment["CAFFE_FUZZ_NETS"].flatMap(UInt64.init) ?? 10_000
    TrapNote.running(1...count) { report.add(fuzzer.run(seed: $0)) }
    print(report.description)
    #expect(report.failures.isEmpty, "\(report.failures.prefix(10).joined(separator: "\n"))")
    #expect(report.ran > report.nets / 4 && report.refused > report.nets / 5)
    // Of this many nets every type must have been seen both ways, or the recipes don't draw what they should.
    guard count >= 10_000 else { return }
    for type in LayerRegistry.standard.names {
      let seen = report.types[type] ?? FuzzReport.Count()
      #expect(seen.ran >= 20 && seen.refused >= 5, "\(type) ran in \(seen.ran) nets and was refused in \(seen.refused)")
    }
  }
}
