import CaffeCore
import Testing

struct BlobTests {
  @Test
  func startsAsZerosWithoutMemory() {
    let blob = Blob([2, 3])
    #expect(blob.count == 6)
    #expect(blob.data.isUntouched)
    #expect(blob.diff.isUntouched)
    #expect(blob.data.values == [0, 0, 0, 0, 0, 0])
    #expect(Blob().count == 0)
  }

  @Test
  func valuesAndGradientsAreApart() throws {
    let blob = Blob([2])
    try blob.setData([1, 2])
    try blob.setDiff([3, 4])
    #expect(blob.data.values == [1, 2])
    #expect(blob.diff.values == [3, 4])
  }

  @Test
  func reshapingToTheSameCountKeepsValues() throws {
    let blob = Blob([2, 3])
    try blob.setData([1, 2, 3, 4, 5, 6])
    blob.reshape(to: [3, 2])
    #expect(blob.shape == [3, 2])
    #expect(blob.data.values == [1, 2, 3, 4, 5, 6])
  }

  @Test
  func reshapingNeverGivesMemoryBack() throws {
    let blob = Blob([100])
    try blob.setData(Array(repeating: 1, count: 100))
    blob.reshape(to: [4])
    #expect(blob.data.count == 4)
    #expect(blob.diff.count == 4)
    #expect(blob.data.hostByteCount == 400)
  }

  @Test
  func sharedValuesChangeTogether() throws {
    let (one, other) = (Blob([2, 2]), Blob([4]))
    one.shareData(with: other)
    try other.setData([1, 2, 3, 4])
    #expect(one.data.values == [1, 2, 3, 4])
    try one.setDiff([5, 5, 5, 5])
    #expect(other.diff.values == [0, 0, 0, 0])
    one.shareDiff(with: other)
    try other.setDiff([6, 6, 6, 6])
    #expect(one.diff.values == [6, 6, 6, 6])
  }

  @Test
  func refusesAWrongNumberOfValues() throws {
    let blob = Blob([2, 2])
    let error = try #require(throws: CaffeError.self) { try blob.setData([1, 2, 3]) }
    #expect(error.code == .shape)
    #expect(error.message.contains("3 values"))
    #expect(error.message.contains("give 4"))
    #expect(throws: CaffeError.self) { try blob.setDiff([1, 2, 3, 4, 5]) }
  }
}
