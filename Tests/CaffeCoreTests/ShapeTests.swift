import CaffeCore
import Testing

struct ShapeTests {
  @Test
  func countsItsValues() {
    let shape: Shape = [64, 3, 5, 7]
    #expect(shape.count == 6720)
    #expect(shape.axisCount == 4)
    #expect(shape[2] == 5)
    #expect(shape.count(from: 1, to: 3) == 15)
    #expect(shape.count(from: 2) == 35)
    #expect(shape.count(from: 4) == 1)
  }

  @Test
  func withoutAxesItHoldsOneValue() {
    let scalar: Shape = []
    #expect(scalar.count == 1)
    #expect(scalar.axisCount == 0)
    #expect(scalar.description == "(1)")
  }

  @Test
  func anEmptyAxisHoldsNothing() {
    #expect(Shape([4, 0, 3]).count == 0)
  }

  @Test
  func anAxisIsCountedIn32Bits() throws {
    #expect(try Shape(validating: [1, 1 << 31 - 1]).count == 1 << 31 - 1)
    let error = try #require(throws: CaffeError.self) { try Shape(validating: [1, 1 << 31]) }
    #expect(error.code == .shape && error.message.contains("2147483648"))
  }

  @Test
  func axesCountFromTheEndToo() throws {
    let shape: Shape = [2, 3, 4]
    #expect(try shape.canonicalAxis(-1) == 2)
    #expect(try shape.canonicalAxis(-3) == 0)
    #expect(try shape.canonicalAxis(1) == 1)
  }

  @Test(arguments: [3, -4, Int.max, Int.min])
  func axesThatAreNotThereAreRefused(_ axis: Int) throws {
    let error = try #require(throws: CaffeError.self) { try Shape([2, 3, 4]).canonicalAxis(axis) }
    #expect(error.code == .shape)
    #expect(error.message.contains("\(axis)"))
    #expect(error.message.contains("2 3 4"))
    #expect(error.message.contains("-3 to 2"))
  }

  @Test
  func legacyExtentsAreOneBeyondTheLastAxis() {
    let shape: Shape = [6, 5]
    #expect((0..<4).map(shape.legacyExtent) == [6, 5, 1, 1])
  }

  @Test
  func readsAsInTheLog() {
    let shape: Shape = [64, 1, 28, 28]
    #expect(shape.description == "64 1 28 28 (50176)")
    #expect(shape.list == "64 1 28 28")
  }

  @Test
  func acceptsWhatAUserMayGive() throws {
    #expect(try Shape(validating: [2, 0, 3]).count == 0)
    #expect(try Shape(validating: Array(repeating: 1, count: 32)).axisCount == 32)
  }

  @Test(arguments: [
    [Int](repeating: 1, count: 33), [2, -1], [1 << 31, 1 << 31, 1 << 31], [Int.max],
    [Int.max, Int.max], [0, -1], [0, Int.max, 2],
    [Int.max, 2, 0]
  ])
  func refusesWhatCannotBe(_ extents: [Int]) throws {
    let error = try #require(throws: CaffeError.self) { try Shape(validating: extents) }
    #expect(error.code == .shape)
  }
}
