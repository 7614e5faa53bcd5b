import CaffeCore

/// A picture made of lines, rectangles and text, written as SVG.
///
/// ```swift
/// var drawing = SVGDrawing(width: 200, height: 100)
/// drawing.line([(10, 90), (190, 10)], Stroke("#0072b2", width: 2))
/// try drawing.write(to: "line.svg")
/// ```
///
/// Coordinates count from the upper left corner, in pixels.
public struct SVGDrawing: Sendable {
  /// A place in a drawing.
  public typealias Point = (x: Double, y: Double)

  /// The width in pixels.
  public let width: Double
  /// The height in pixels.
  public let height: Double
  /// The fonts that text is set in, the first one that is there.
  public static let fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"

  private var body = ""

  /// Makes a drawing with nothing on it but its ground.
  public init(width: Double, height: Double, ground: String = "#ffffff") {
    self.width = width
    self.height = height
    rectangle(x: 0, y: 0, width: width, height: height, fill: ground)
  }

  /// Draws through `points`; fewer than two draw nothing.
  public mutating func line(_ points: [Point], _ stroke: Stroke, hint: String = "") {
    guard points.count > 1 else { return }
    var path = ""
    path.reserveCapacity(points.count * 12)
    for point in points {
      if !path.isEmpty { path += " " }
      path += "\(SVGDrawing.number(point.x)),\(SVGDrawing.number(point.y))"
    }
    element("polyline", "points=\"\(path)\" fill=\"none\" \(stroke.attributes)", hint: hint)
  }

  /// Fills a rectangle.
  public mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String, opacity: Double = 1, radius: Double = 0,
    hint: String = ""
  ) {
    var attributes = "x=\"\(SVGDrawing.number(x))\" y=\"\(SVGDrawing.number(y))\""
    attributes += " width=\"\(SVGDrawing.number(width))\" height=\"\(SVGDrawing.number(height))\" fill=\"\(fill)\""
    if opacity < 1 { attributes += " fill-opacity=\"\(SVGDrawing.number(opacity))\"" }
    if radius > 0 { attributes += " rx=\"\(SVGDrawing.number(radius))\"" }
    element("rect", attributes, hint: hint)
  }

  /// Fills a circle.
  public mutating func dot(at center: Point, radius: Double, fill: String, hint: String = "") {
    element(
      "circle",
      "cx=\"\(SVGDrawing.number(center.x))\" cy=\"\(SVGDrawing.number(center.y))\" r=\"\(SVGDrawing.number(radius))\" "
        + "fill=\"\(fill)\"", hint: hint)
  }

  /// Sets a line of text whose base line is at `point`.
  public mutating func text(_ text: String, at point: Point, _ style: TextStyle = TextStyle()) {
    guard !text.isEmpty else { return }
    body += "<text x=\"\(SVGDrawing.number(point.x))\" y=\"\(SVGDrawing.number(point.y))\" \(style.attributes)>"
    body += SVGDrawing.escaped(text) + "</text>\n"
  }

  /// Draws what `body` draws within a rectangle only.
  public mutating func clipped(
    x: Double, y: Double, width: Double, height: Double, _ body: (inout SVGDrawing) -> Void
  ) {
    // A drawing of its own needs no names that could clash where several drawings stand in one page.
    self.body += "<svg x=\"\(SVGDrawing.number(x))\" y=\"\(SVGDrawing.number(y))\" "
    self.body += "width=\"\(SVGDrawing.number(width))\" height=\"\(SVGDrawing.number(height))\" "
    self.body += "viewBox=\"\(SVGDrawing.number(x)) \(SVGDrawing.number(y)) \(SVGDrawing.number(width)) "
    self.body += "\(SVGDrawing.number(height))\">\n"
    body(&self)
    self.body += "</svg>\n"
  }

  private mutating func element(_ name: String, _ attributes: String, hint: String) {
    body += hint.isEmpty ? "<\(name) \(attributes)/>\n" : "<\(name) \(attributes)><title>\(SVGDrawing.escaped(hint))"
    if !hint.isEmpty { body += "</title></\(name)>\n" }
  }

  // MARK: - Text

  /// The drawing as SVG.
  public var svg: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(SVGDrawing.number(width))\" "
      + "height=\"\(SVGDrawing.number(height))\" viewBox=\"0 0 \(SVGDrawing.number(width)) \(SVGDrawing.number(height))\" "
      + "font-family=\"\(SVGDrawing.fonts)\">\n\(body)</svg>\n"
  }

  /// Tenths of a pixel are finer than can be seen.
  static func number(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let tenths = Int((value * 10).rounded())
    if tenths % 10 == 0 { return String(tenths / 10) }
    return (tenths < 0 ? "-" : "") + "\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  /// `text` for use in SVG and HTML: characters that mean something there replaced, control characters left out.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      default: if scalar.value >= 32, scalar.value != 0x7F { result.unicodeScalars.append(scalar) }
      }
    }
    return result
  }
}

/// How a line looks.
public struct Stroke: Hashable, Sendable {
  /// The colour, `#0072b2`.
  public var color: String
  /// The width in pixels.
  public var width: Double
  /// The lengths of dashes and gaps; a whole line without.
  public var dashes: [Double]
  /// 1 covers what is below.
  public var opacity: Double

  /// Makes a stroke.
  public init(_ color: String, width: Double = 1, dashes: [Double] = [], opacity: Double = 1) {
    self.color = color
    self.width = width
    self.dashes = dashes
    self.opacity = opacity
  }

  fileprivate var attributes: String {
    var text = "stroke=\"\(color)\" stroke-width=\"\(SVGDrawing.number(width))\""
    // On thin lines nobody sees the difference, but it takes long to draw.
    text += " stroke-linejoin=\"\(width > 1 ? "round" : "bevel")\""
    if dashes.isEmpty, width > 1 { text += " stroke-linecap=\"round\"" }
    if !dashes.isEmpty { text += " stroke-dasharray=\"\(dashes.map(SVGDrawing.number).joined(separator: " "))\"" }
    if opacity < 1 { text += " stroke-opacity=\"\(opacity.general)\"" }
    return text
  }
}

/// How text looks.
public struct TextStyle: Hashable, Sendable {
  /// Which part of the text is at its place.
  public enum Anchor: String, Sendable { case start, middle, end }

  /// The size in pixels.
  public var size: Double
  /// The colour.
  public var color: String
  /// Whether it is bold.
  public var isBold: Bool
  /// Which part of the text is at its place.
  public var anchor: Anchor
  /// Whether it has a white edge, for text that stands on lines.
  public var hasEdge: Bool

  /// Makes a style.
  public init(
    size: Double = 12, color: String = "#333333", isBold: Bool = false, anchor: Anchor = .start, hasEdge: Bool = false
  ) {
    self.hasEdge = hasEdge
    self.size = size
    self.color = color
    self.isBold = isBold
    self.anchor = anchor
  }

  fileprivate var attributes: String {
    var text = "font-size=\"\(SVGDrawing.number(size))\" fill=\"\(color)\""
    if isBold { text += " font-weight=\"bold\"" }
    if anchor != .start { text += " text-anchor=\"\(anchor.rawValue)\"" }
    if hasEdge { text += " stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" paint-order=\"stroke\"" }
    return text
  }

  /// About how wide `text` becomes; rather too much, since the font isn't known.
  public func width(of text: String) -> Double {
    let units = text.unicodeScalars.reduce(0.0) { sum, scalar in
      switch scalar {
      case "i", "j", "l", "I", "f", "t", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]", "-", " ", "/":
        sum + 0.39
      case "m", "w", "M", "W", "%", "@": sum + 0.95
      case "A"..."Z", "_", "=", "+", "×": sum + 0.72
      default: sum + 0.63
      }
    }
    return units * size * (isBold ? 1.1 : 1)
  }
}
