/// Curves over a common horizontal axis, in panels one below the other.
public struct Chart: Sendable {
  /// A curve.
  public struct Curve: Sendable {
    /// What it shows, for who points at it.
    public var name: String
    /// The colour, `#0072b2`.
    public var color: String
    /// Whether it is dashed.
    public var isDashed: Bool
    /// Where its points are, from left to right.
    public var x: [Double]
    /// How high they are; what isn't finite leaves a gap, which is marked.
    public var y: [Double]
    /// Over about how many points the bold line is a mean; 1 for the points themselves.
    public var smoothing: Double
    /// Whether each point has a dot; more than 100 would be a blur.
    public var hasDots: Bool

    /// Makes a curve.
    public init(
      _ name: String, color: String, isDashed: Bool = false, x: [Double], y: [Double], smoothing: Double = 1,
      hasDots: Bool = false
    ) {
      precondition(x.count == y.count, "a curve has as many heights as places")
      self.name = name
      self.color = color
      self.isDashed = isDashed
      self.x = x
      self.y = y
      self.smoothing = smoothing
      self.hasDots = hasDots
    }
  }

  /// A field with a vertical axis of its own.
  public struct Panel: Sendable {
    /// What its axis shows.
    public var title: String
    /// Whether its axis is logarithmic.
    public var isLogarithmic: Bool
    /// The curves in it, the last one on top.
    public var curves: [Curve]

    /// Makes a panel.
    public init(_ title: String, isLogarithmic: Bool = false, curves: [Curve]) {
      self.title = title
      self.isLogarithmic = isLogarithmic
      self.curves = curves
    }
  }

  /// What a look stands for.
  public struct LegendEntry: Hashable, Sendable {
    /// The text.
    public var text: String
    /// The colour.
    public var color: String
    /// Whether it is dashed.
    public var isDashed: Bool
    /// Whether its points have dots.
    public var hasDots: Bool

    /// Makes an entry.
    public init(_ text: String, color: String, isDashed: Bool = false, hasDots: Bool = false) {
      self.text = text
      self.color = color
      self.isDashed = isDashed
      self.hasDots = hasDots
    }
  }

  /// The heading.
  public var title: String
  /// A line below the heading.
  public var subtitle: String
  /// What the horizontal axis shows.
  public var horizontalTitle: String
  /// The fields, from the top.
  public var panels: [Panel]
  /// The legend.
  public var legend: [LegendEntry]
  /// The width in pixels.
  public var width = 900.0
  /// The height of a panel's field in pixels.
  public var panelHeight = 220.0

  /// Makes a chart.
  public init(
    _ title: String, subtitle: String = "", horizontalTitle: String, panels: [Panel], legend: [LegendEntry] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.horizontalTitle = horizontalTitle
    self.panels = panels
    self.legend = legend
  }

  /// Colours that people who see colours differently can tell apart, in the order in which curves take them.
  ///
  /// Source: Okabe, Ito, "Color Universal Design" (2008), without its yellow, too light for a line, and with five more.
  public static let palette = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f4fc9", "#000000", "#8c564b", "#8a8a8a",
    "#7d8a00", "#00a7b5"
  ]

  /// The colour of curve `index`.
  public static func color(_ index: Int) -> String { palette[index % palette.count] }
}
