/// A value of a net that is no finite number, and where it is.
public struct NonFiniteValue: Sendable {
  /// What kind of blob holds it.
  public enum Place: Hashable, Sendable {
    /// A top, by name.
    case top(String)
    /// A parameter, by index.
    case parameter(Int)
    /// The gradient of a bottom, by name.
    case gradientOfBottom(String)
    /// The gradient of a parameter, by index.
    case gradientOfParameter(Int)
  }

  /// The layer's name.
  public let layer: String
  /// Which of its blobs.
  public let place: Place
  /// The value's place in the blob, row-major.
  public let index: Int
  /// The value.
  public let value: Float
  /// What the data layer calls the record that it belongs to, where it is a data layer's top.
  public let record: String?
}

extension NonFiniteValue: CustomStringConvertible {
  /// `value 5 of top "ip1" of layer "ip1" (nan)`.
  public var description: String {
    let what =
      switch place {
      case .top(let name): "top \"\(name)\""
      case .parameter(let index): "parameter \(index)"
      case .gradientOfBottom(let name): "the gradient of bottom \"\(name)\""
      case .gradientOfParameter(let index): "the gradient of parameter \(index)"
      }
    let source = record.map { ", the record with \($0)" } ?? ""
    return "value \(index) of \(what) of layer \"\(layer)\" (\(value)\(source))"
  }
}
