import CaffeCore
import CaffeNet

extension Layer {
  /// Calls `body`; an index that is no row's number becomes an error about the bottom that holds the indices.
  func checkingIndices<Result>(ofBottom index: Int, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let invalid as InvalidIndex {
      throw InvalidIndices(invalid, bottom: index)
    }
  }
}
