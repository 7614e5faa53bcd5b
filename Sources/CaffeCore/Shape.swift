/// The extents of an n-dimensional array, row-major, outermost axis first.
///
/// A shape without axes holds one value, a scalar. Axes may be given from the end: -1 is the last one.
public struct Shape: Hashable, Sendable {
  /// The most axes that a shape may have, as in Caffe.
  public static let maximumAxisCount = 32

  /// The extent of each axis.
  public let extents: [Int]
  /// The number of values: the product of the extents.
  public let count: Int

  /// Makes a shape from extents of our own; they must not be negative nor their product overflow.
  public init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "negative extent in \(extents)")
    self.extents = extents
    count = extents.reduce(1, *)
  }

  /// Makes a shape from extents that a user gave.
  ///
  /// - Throws: `CaffeError` of code `shape` when there are over 32 axes, an extent is negative or over 2³¹ − 1, or the
  ///   count overflows what memory can hold.
  public init(validating extents: [Int]) throws {
    guard extents.count <= Shape.maximumAxisCount else {
      throw CaffeError(.shape, "a shape of \(extents.count) axes; at most \(Shape.maximumAxisCount) are possible")
    }
    // Without the zeros, since some of the axes may be counted alone.
    var count = 1
    for extent in extents {
      guard extent >= 0 else {
        throw CaffeError(.shape, "shape \(extents) has the negative extent \(extent); extents are 0 or more")
      }
      guard extent <= Int32.max else {
        throw CaffeError(.shape, "shape \(extents) has the extent \(extent); an axis holds at most \(Int32.max) values")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow, product <= Int.max / 16 else {
        throw CaffeError(.shape, "shape \(extents) holds more values than memory can address; check its extents")
      }
      count = product
    }
    self.extents = extents
    self.count = extents.contains(0) ? 0 : count
  }

  /// The number of axes.
  public var axisCount: Int { extents.count }

  /// The extent of `axis`, which must be in `0..<axisCount`.
  public subscript(axis: Int) -> Int { extents[axis] }

  /// The number of values over the axes `start..<end`.
  public func count(from start: Int, to end: Int) -> Int { extents[start..<end].reduce(1, *) }

  /// The number of values over the axes from `start` on.
  public func count(from start: Int) -> Int { count(from: start, to: axisCount) }

  /// `axis` counted from the front, where a negative one counts from the end.
  ///
  /// - Throws: `CaffeError` of code `shape` when there is no such axis.
  public func canonicalAxis(_ axis: Int) throws -> Int {
    guard axisCount > 0 else {
      throw CaffeError(.shape, "axis \(axis) of a shape without axes, a single value; give a shape with that axis")
    }
    guard axis >= -axisCount, axis < axisCount else {
      throw CaffeError(
        .shape,
        "axis \(axis) of the shape [\(list)], which has \(axisCount) axes; "
          + "use \(-axisCount) to \(axisCount - 1)")
    }
    return axis < 0 ? axis + axisCount : axis
  }

  /// The extent of `axis` for code that thinks in num, channels, height, width: 1 beyond the last axis.
  public func legacyExtent(_ axis: Int) -> Int { axis < axisCount ? extents[axis] : 1 }

  /// The extents with a blank between them: `64 1 28 28`.
  public var list: String { extents.map(String.init).joined(separator: " ") }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Makes a shape from a literal.
  public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension Shape: CustomStringConvertible {
  /// The extents and the count as Caffe's log has them: `64 1 28 28 (50176)`; `(1)` for a scalar.
  public var description: String { extents.map { "\($0) " }.joined() + "(\(count))" }
}
