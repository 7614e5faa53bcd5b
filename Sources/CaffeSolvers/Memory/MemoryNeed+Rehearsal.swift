import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

extension MemoryNeed {
  /// Takes over what a training that was rehearsed took.
  ///
  /// - Parameter original: The solver as it will be used.
  mutating func take(
    _ rehearsal: Rehearsal, solver: Solver, original: SolverParameter, _ residentMemory: () -> Int?
  ) throws {
    bytes[.gradients] = solver.net.learnable.reduce(0) { $0 + $1.blob.diff.hostByteCount }
    let averages = solver.average?.byteCount ?? 0
    bytes[.history] = solver.histories.reduce(averages) { $0 + $1.data.hostByteCount }
    take(rehearsal, [solver.net] + solver.testNets, residentMemory)
    let written = solver.snapshotMemory(under: try SolverSettings(original))
    bytes[.files] = max(written > 0 ? written + averages : 0, bytesOfReading(by: original.weights.count))
  }

  /// Takes over what a test that was rehearsed took.
  mutating func take(_ rehearsal: Rehearsal, net: Net, _ residentMemory: () -> Int?) {
    take(rehearsal, [net], residentMemory)
    bytes[.files] = bytesOfReading(by: 1)
  }

  private mutating func take(_ rehearsal: Rehearsal, _ nets: [Net], _ residentMemory: () -> Int?) {
    bytes[.parameters] = nets[0].learnable.reduce(0) { $0 + $1.blob.data.hostByteCount }
    let known = self[.parameters] + self[.gradients] + self[.history]
    let kept = nets.reduce(0) { $0 + $1.keptByteCount }
    bytes[.activations] = kept + rehearsal.arenaPeak
    bytes[.scratch] = max(0, rehearsal.peak - known - kept) + rehearsal.library
    rehearsal.discard()
    bytes[.program] = residentMemory() ?? 0
  }

  /// Weights are read as a message, from a file that is mapped, before anything is computed.
  private func bytesOfReading(by files: Int) -> Int {
    guard files > 0 else { return 0 }
    return max(0, self[.parameters] - self[.gradients] - self[.history] - self[.activations] - self[.scratch])
  }

  /// Takes over what data layers hold.
  ///
  /// - Parameter recordsRead: How many records are read where a batch has so many.
  mutating func take(_ sources: [SourceFacts], recordsRead: (_ batch: Int) -> Int) {
    for source in sources {
      bytes[.batches, default: 0] += source.bytesAhead
      let share =
        source.recordCount.map { min(1, Double(recordsRead(source.recordsPerBatch)) / Double(max(1, $0))) } ?? 1
      bytes[.database, default: 0] += Int(Double(source.mappedBytes) * share)
    }
  }

  /// Counts no more pages of databases than the machine has room for.
  mutating func limitDatabase() {
    let others = peak - self[.database]
    bytes[.database] = min(self[.database], max(0, Int(clamping: ProcessInfo.processInfo.physicalMemory) - others))
  }
}

extension Net {
  /// The bytes of blobs that keep their memory.
  fileprivate var keptByteCount: Int {
    let parameters = Set(parameters.map { ObjectIdentifier($0.blob.data) })
    var seen: Set<ObjectIdentifier> = []
    return blobs.flatMap { [$0.data, $0.diff] }.reduce(0) { sum, buffer in
      let isCounted = buffer.arena == nil && !parameters.contains(ObjectIdentifier(buffer))
      return isCounted && seen.insert(ObjectIdentifier(buffer)).inserted ? sum + buffer.hostByteCount : sum
    }
  }
}
