import CaffeCore
import Testing

/// An engine's form: the values negated, so that it can be told from the plain form.
private final class NegatedReplica: BufferReplica {
  var negated: [Float]
  private(set) var stores = 0

  init(of values: [Float]) { negated = values.map { -$0 } }

  func store(to target: UnsafeMutableBufferPointer<Float>) {
    stores += 1
    for (index, value) in negated.enumerated() { target[index] = -value }
  }
}

struct BufferTests {
  @Test func valuesInAnEnginesFormAreHandedOverWithoutTouchingPlainMemory() {
    let (source, target) = (Buffer(count: 2), Buffer(count: 2))
    source.set([1, 2])
    #expect(!source.handOver(to: target))
    let plain = target.hostForOverwriting()
    plain.update(repeating: 7, count: 2)
    source.replaceValues(with: NegatedReplica(of: [3, 4]))
    #expect(source.handOver(to: target))
    #expect(plain[0] == 7)
    #expect(target.values == [3, 4])
    #expect(target.hostForReading() == UnsafePointer(plain))
  }

  @Test
  func untouchedReadsAsZeros() {
    let buffer = Buffer(count: 5)
    #expect(buffer.isUntouched)
    #expect(buffer.hostByteCount == 0)
    #expect(buffer.values == [0, 0, 0, 0, 0])
  }

  @Test
  func holdsWhatIsSet() {
    let buffer = Buffer(count: 3)
    buffer.set([1, 2, 3])
    buffer[1] = 7
    #expect(buffer.values == [1, 7, 3])
    #expect(buffer[2] == 3)
    #expect(buffer.read { $0[0] } == 1)
    buffer.update { $0[0] = 9 }
    #expect(buffer.values == [9, 7, 3])
    buffer.overwrite { values in for index in values.indices { values[index] = 4 } }
    #expect(buffer.values == [4, 4, 4])
  }

  @Test
  func updatingAnUntouchedBufferStartsFromZeros() {
    let buffer = Buffer(count: 3)
    buffer[1] = 5
    #expect(buffer.values == [0, 5, 0])
  }

  @Test
  func anEmptyBufferCanBeRead() {
    let buffer = Buffer()
    #expect(buffer.values.isEmpty)
    #expect(buffer.read { $0.count } == 0)
    buffer.set([])
    #expect(buffer.values.isEmpty)
  }

  @Test
  func versionGrowsWithEveryWriteOnly() {
    let buffer = Buffer(count: 2)
    var last = buffer.version
    func grows(_ access: () -> Void) -> Bool {
      access()
      defer { last = buffer.version }
      return buffer.version > last
    }
    #expect(grows { buffer.set([1, 2]) })
    #expect(grows { buffer[0] = 1 })
    #expect(grows { buffer.update { _ in } })
    #expect(grows { buffer.overwrite { values in for index in values.indices { values[index] = 0 } } })
    #expect(grows { buffer.replaceValues(with: NegatedReplica(of: [1, 2])) })
    #expect(!grows { _ = buffer.values })
    #expect(!grows { _ = buffer[1] })
    #expect(!grows { buffer.attach(NegatedReplica(of: [1, 2])) })
    #expect(grows { buffer.resize(to: 7) })
  }

  @Test
  func anAttachedReplicaIsCurrentUntilPlainValuesChange() {
    let buffer = Buffer(count: 2)
    buffer.set([1, 2])
    let replica = NegatedReplica(of: [1, 2])
    buffer.attach(replica)
    #expect(buffer.currentReplica === replica)
    #expect(buffer.values == [1, 2])
    #expect(buffer.currentReplica === replica)
    #expect(replica.stores == 0)
    buffer[0] = 5
    #expect(buffer.currentReplica == nil)
    #expect(buffer.storedReplica === replica)
    #expect(buffer.values == [5, 2])
  }

  @Test
  func valuesOfAReplicaAreStoredOnceWhenRead() {
    let buffer = Buffer(count: 2)
    let replica = NegatedReplica(of: [3, 4])
    buffer.replaceValues(with: replica)
    #expect(buffer.hostByteCount == 0)
    #expect(!buffer.isUntouched)
    #expect(buffer.values == [3, 4])
    #expect(buffer.values == [3, 4])
    #expect(replica.stores == 1)
    #expect(buffer.currentReplica === replica)
  }

  @Test
  func updatingTakesTheReplicasValuesFirst() {
    let buffer = Buffer(count: 2)
    let replica = NegatedReplica(of: [3, 4])
    buffer.replaceValues(with: replica)
    buffer[0] = 8
    #expect(buffer.values == [8, 4])
    #expect(buffer.currentReplica == nil)
  }

  @Test
  func overwritingDoesNotAskTheReplica() {
    let buffer = Buffer(count: 2)
    let replica = NegatedReplica(of: [3, 4])
    buffer.replaceValues(with: replica)
    buffer.set([1, 1])
    #expect(replica.stores == 0)
    #expect(buffer.currentReplica == nil)
  }

  @Test
  func aReplicaThatChangesMakesPlainValuesStale() {
    let buffer = Buffer(count: 2)
    let replica = NegatedReplica(of: [3, 4])
    buffer.replaceValues(with: replica)
    #expect(buffer.values == [3, 4])
    replica.negated = [-7, -8]
    buffer.replaceValues(with: replica)
    #expect(buffer.values == [7, 8])
  }

  @Test
  func aReplicaOfAnUntouchedBufferHoldsTheValues() {
    let buffer = Buffer(count: 2)
    buffer.attach(NegatedReplica(of: [0, 0]))
    #expect(!buffer.isUntouched)
    #expect(buffer.currentReplica != nil)
    #expect(buffer.values == [0, 0])
  }

  @Test
  func aSecondReplicaTakesTheFirstOnesPlace() {
    let buffer = Buffer(count: 1)
    buffer.replaceValues(with: NegatedReplica(of: [1]))
    let second = NegatedReplica(of: [2])
    buffer.replaceValues(with: second)
    #expect(buffer.storedReplica === second)
    #expect(buffer.values == [2])
  }

  @Test
  func memoryIsKeptWhenItSuffices() {
    let buffer = Buffer(count: 100)
    buffer.set(Array(repeating: 1, count: 100))
    buffer.resize(to: 10)
    #expect(buffer.count == 10)
    #expect(buffer.hostByteCount == 400)
    buffer.resize(to: 90)
    #expect(buffer.values.count == 90)
    #expect(buffer.hostByteCount == 400)
    buffer.resize(to: 101)
    #expect(buffer.values == Array(repeating: 0, count: 101))
  }

  @Test
  func resizingDropsTheReplica() {
    let buffer = Buffer(count: 4)
    buffer.replaceValues(with: NegatedReplica(of: [1, 2, 3, 4]))
    buffer.resize(to: 2)
    #expect(buffer.storedReplica == nil)
    #expect(buffer.values.count == 2)
  }

  @Test
  func resizingToTheSameCountChangesNothing() {
    let buffer = Buffer(count: 2)
    buffer.set([1, 2])
    let version = buffer.version
    buffer.resize(to: 2)
    #expect(buffer.values == [1, 2])
    #expect(buffer.version == version)
  }

  @Test
  func anUntouchedBufferStaysSoWhenResized() {
    let buffer = Buffer(count: 2)
    buffer.resize(to: 4)
    #expect(buffer.isUntouched)
    #expect(buffer.values == [0, 0, 0, 0])
  }

  @Test
  func memoryLiesOnCacheLines() {
    let buffer = Buffer(count: 3)
    #expect(UInt(bitPattern: buffer.hostForReading()) % 64 == 0)
  }

  @Test
  func exchangingChangesValuesAndVersionsOfBoth() {
    let (a, b) = (Buffer(count: 2), Buffer(count: 2))
    a.set([1, 2])
    b.set([3, 4])
    b.set([5, 6])
    let versions = (a.version, b.version)
    a.exchangeValues(with: b)
    #expect(a.values == [5, 6] && b.values == [1, 2])
    #expect(a.version > max(versions.0, versions.1) && b.version > max(versions.0, versions.1))
    a.exchangeValues(with: Buffer(count: 2))
    #expect(a.values == [0, 0])
  }
}
