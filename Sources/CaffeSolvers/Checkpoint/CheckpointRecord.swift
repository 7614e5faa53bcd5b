import CaffeCore

/// What a state puts into a checkpoint: values by name.
///
/// Floating-point values must come back bit for bit, infinities included, or a resumed training isn't the same.
public struct CheckpointRecord: Hashable, Sendable {
  /// Whole numbers: iterations, counts.
  public var integers: [String: Int64]
  /// Fractions; a `Float` fits without loss.
  public var numbers: [String: Double]
  /// Texts.
  public var texts: [String: String]
  /// Arrays of values: weights.
  public var arrays: [String: [Float]]

  /// Makes a record.
  public init(
    integers: [String: Int64] = [:], numbers: [String: Double] = [:], texts: [String: String] = [:],
    arrays: [String: [Float]] = [:]
  ) {
    self.integers = integers
    self.numbers = numbers
    self.texts = texts
    self.arrays = arrays
  }

  /// The whole number called `name`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when it isn't there.
  public func integer(_ name: String) throws -> Int64 { try found(integers[name], name) }

  /// The fraction called `name`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when it isn't there.
  public func number(_ name: String) throws -> Double { try found(numbers[name], name) }

  /// The text called `name`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when it isn't there.
  public func text(_ name: String) throws -> String { try found(texts[name], name) }

  /// The array called `name`, which must have `count` values.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when it isn't there, of code `shape` when it has another length.
  public func array(_ name: String, count: Int) throws -> [Float] {
    let values = try found(arrays[name], name)
    guard values.count == count else {
      throw CaffeError(
        .shape,
        "the checkpoint's \"\(name)\" holds \(values.count) values where \(count) are needed; use the net that wrote it"
      )
    }
    return values
  }

  private func found<Value>(_ value: Value?, _ name: String) throws -> Value {
    guard let value else {
      throw CaffeError(.corrupt, "the checkpoint has no \"\(name)\"; go on from another one")
    }
    return value
  }
}
