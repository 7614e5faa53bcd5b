/// What comparing gradients with differences of the loss found.
public struct GradientCheckResult: Sendable {
  /// A gradient that differs from the slope of the loss.
  public struct Disagreement: Hashable, Sendable, CustomStringConvertible {
    /// The layer's name.
    public let layer: String
    /// The parameter: the name that the prototxt gives it, or its index.
    public let parameter: String
    /// The value's place in the parameter, row-major.
    public let index: Int
    /// What the backward pass computed.
    public let gradient: Float
    /// What differences of the loss give.
    public let slope: Double

    /// One line.
    public var description: String {
      "layer \"\(layer)\", parameter \(parameter), value \(index): the backward pass gives \(gradient), differences of the loss "
        + "give \(slope)"
    }
  }

  /// The number of values compared.
  public internal(set) var compared = 0
  /// How many of them were passed over, since the loss has a kink there or bends too much.
  public internal(set) var passedOver = 0
  /// Those that differ.
  public internal(set) var disagreements: [Disagreement] = []
  /// Why nothing was compared, if that is so.
  public internal(set) var refusal: String?
}
