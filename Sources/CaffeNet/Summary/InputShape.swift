import CaffeCore

/// The shape of a blob that comes from outside, as the command line gives it: `data=1,3,224,224`.
public struct InputShape: Hashable, Sendable {
  /// The blob's name.
  public var name: String
  /// Its shape.
  public var shape: Shape

  /// Makes one.
  public init(name: String, shape: Shape) {
    self.name = name
    self.shape = shape
  }

  /// Reads `name=extent,extent,…`.
  ///
  /// - Throws: `CaffeError` of code `flag` for other texts, and of code `shape` for extents that no blob has.
  public init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let extents = parts.last?.split(separator: ",").map { Int($0.trimmingPrefix(while: \.isWhitespace)) } ?? []
    guard parts.count == 2, !parts[0].isEmpty, !extents.isEmpty, !extents.contains(nil) else {
      throw CaffeError(
        .flag, "\"\(text)\" is no shape of an input; give the blob's name and its extents, as in data=1,3,224,224")
    }
    self.init(name: String(parts[0]), shape: try Shape(validating: extents.compactMap { $0 }))
  }
}
