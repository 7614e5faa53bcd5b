import CaffeCore

/// What came of loading weights into a net: which layers got theirs, and which names did not meet.
public struct WeightsReport: Hashable, Sendable {
  /// A parameter whose stored shape isn't that of the net.
  public struct Mismatch: Hashable, Sendable {
    /// The layer's name.
    public let layer: String
    /// The parameter's place in the layer: 0 for weights, 1 for the bias.
    public let index: Int
    /// The extents in the file.
    public let stored: [Int]
    /// The shape in the net.
    public let needed: Shape
  }

  /// A layer that has another number of parameters in the file than in the net.
  public struct Miscount: Hashable, Sendable {
    /// The layer's name.
    public let layer: String
    /// The number in the file.
    public let stored: Int
    /// The number in the net.
    public let needed: Int
  }

  /// The layers that got their parameters.
  public internal(set) var loaded: [String] = []
  /// The net's layers that have parameters, but none in the file; they keep what they had.
  public internal(set) var missing: [String] = []
  /// The file's layers with parameters that the net doesn't have.
  public internal(set) var extra: [String] = []
  /// The parameters that were passed over since their shapes differ, where that was allowed.
  public internal(set) var mismatched: [Mismatch] = []
  /// The layers that were passed over as a whole since they have another number of parameters, where that was allowed.
  public internal(set) var miscounted: [Miscount] = []
  /// The number of fields of the file that no schema of ours has.
  public internal(set) var unknownFields = 0
}

extension WeightsReport: CustomStringConvertible {
  /// One line: `4 layers loaded; missing: fc8; not in the net: fc7, fc9`.
  public var description: String {
    var parts = ["\(loaded.count) \(loaded.count == 1 ? "layer" : "layers") loaded"]
    if !missing.isEmpty { parts.append("missing: \(missing.joined(separator: ", "))") }
    if !extra.isEmpty { parts.append("not in the net: \(extra.joined(separator: ", "))") }
    if !mismatched.isEmpty {
      parts.append("of another shape: " + mismatched.map { "\($0.layer)/\($0.index)" }.joined(separator: ", "))
    }
    if !miscounted.isEmpty {
      parts.append("of another number of parameters: " + miscounted.map(\.layer).joined(separator: ", "))
    }
    if unknownFields > 0 { parts.append("\(unknownFields) unknown \(unknownFields == 1 ? "field" : "fields") skipped") }
    return parts.joined(separator: "; ")
  }
}

/// What to do with a stored parameter whose shape isn't that of the net, or a layer with another number of them.
public enum WeightsMismatchPolicy: String, CaseIterable, Sendable {
  /// Throw an error; the net stays as it was.
  case error
  /// Leave the net's parameter, or all of that layer's, as they are and report it.
  case skip
}
