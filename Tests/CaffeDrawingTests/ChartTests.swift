import Caffe
import CaffeTestSupport
import Testing

@Suite struct ChartTests {
  private func curve(_ y: [Double], x: [Double]? = nil, smoothing: Double = 1) -> Chart.Curve {
    Chart.Curve("c", color: "#0072b2", x: x ?? y.indices.map(Double.init), y: y, smoothing: smoothing)
  }

  private func chart(_ curves: [Chart.Curve], isLogarithmic: Bool = false) -> Chart {
    Chart("a < b", horizontalTitle: "x", panels: [Chart.Panel("p", isLogarithmic: isLogarithmic, curves: curves)])
  }

  /// The texts of a drawing, in order.
  private func texts(_ svg: String) -> [String] { svg.matches(of: />([^<>]+)<\/text>/).map { String($0.1) } }

  @Test func ticksAreRound() {
    let drawn = texts(chart([curve([0.031, 0.97], x: [0, 10_000])]).drawing().svg)
    for tick in ["0.2", "1.0", "2,000", "10,000"] { #expect(drawn.contains(tick), "no \(tick) in \(drawn)") }
    let small = texts(chart([curve([1e-6, 4e-6], x: [3, 7])]).drawing().svg)
    #expect(small.contains("2·10⁻⁶") && small.contains("0") && small.contains("5.0"), "\(small)")
    let negative = texts(chart([curve([-2, 2])]).drawing().svg)
    #expect(negative.contains("−2"), "\(negative)")
  }

  @Test func logarithmicAxesHavePowersOfTen() {
    let wide = texts(chart([curve([1e-7, 1, 1e5])], isLogarithmic: true).drawing().svg)
    #expect(wide.contains("10⁻⁷") && wide.contains("100,000"), "\(wide)")
    let narrow = texts(chart([curve([0.02, 0.3])], isLogarithmic: true).drawing().svg)
    #expect(narrow.contains("0.1") && narrow.contains("0.05") && narrow.contains("0.2"), "\(narrow)")
  }

  @Test func markupInTextIsText() {
    let svg = chart([curve([1, 2])]).drawing().svg
    #expect(svg.contains(">a &lt; b</text>"))
    #expect(SVGDrawing.escaped("\u{1}\"&'") == "&quot;&amp;'")
  }

  @Test func aConstantASinglePointAndNothingAreDrawn() {
    for values in [[0.5, 0.5], [3], [0, 0], []] {
      #expect(chart([curve(values)]).drawing().svg.hasSuffix("</svg>\n"))
      #expect(!chart([curve(values)], isLogarithmic: true).drawing().svg.contains("nan"))
    }
  }

  @Test func whatIsNoNumberLeavesAMarkedGap() {
    let whole = chart([curve([1, 2, 3, 2, 1])]).drawing().svg
    let gap = chart([curve([1, 2, .nan, 2, .infinity, 1, 1])]).drawing().svg
    #expect(whole.matches(of: /<title>c<\/title>/).count == 1)
    #expect(gap.matches(of: /<title>c<\/title>/).count == 2 && gap.contains("<circle"))
    #expect(gap.contains("not a finite number") && !whole.contains("not a finite number"))
    #expect(!gap.contains("nan") && !gap.contains("inf"))
    #expect(chart([curve([1, 0, 1])], isLogarithmic: true).drawing().svg.contains("not finite, or not above 0"))
  }

  @Test func aBeginningThatWouldFlattenTheRestLiesOutside() {
    let values = [0.1] + (1...40).map { 0.98 + 0.0002 * Double($0) }
    let svg = chart([curve(values)]).drawing().svg
    #expect(svg.contains("the beginning lies outside") && texts(svg).contains("0.980"), "\(texts(svg))")
    // A curve that is still on its way, and one of a few points, are shown whole.
    for whole in [(0...40).map { Double($0) }, [0.1, 0.98, 0.99]] {
      #expect(!chart([curve(whole)]).drawing().svg.contains("outside"))
    }
  }

  @Test func smoothingKeepsStraightLinesAndShowsTheRawCurveFaintly() {
    let svg = chart([curve((0..<100).map { Double($0) }, smoothing: 10)]).drawing().svg
    let lines = svg.matches(of: /<polyline points="([^"]*)" fill="none" stroke="#0072b2"/).map { String($0.1) }
    #expect(lines.count == 2 && svg.contains("stroke-opacity=\"0.25\""))
    #expect(lines.first == lines.last)
  }

  @Test func manyPointsBecomeAFewPerPixelAndKeepTheirPeaks() {
    var values = [Double](repeating: 0, count: 200_000)
    values[77_777] = 1
    let svg = chart([curve(values)]).drawing().svg
    #expect(svg.utf8.count < 100_000)
    // The peak is as high as the panel.
    let heights = svg.matches(of: /[\d.]+,([\d.]+)/).compactMap { Double($0.1) }
    #expect((heights.max() ?? 0) - (heights.min() ?? 0) >= 219)
  }

  @Test func pointsOnAStraightLineAreLeftOutButNotTheirDots() {
    let curve = Chart.Curve(
      "c", color: "#0072b2", x: (0..<50).map(Double.init), y: (0..<50).map { $0 == 30 ? 9 : 1 }, hasDots: true)
    let svg = chart([curve]).drawing().svg
    let line = svg.matches(of: /<polyline points="([^"]*)" fill="none" stroke="#0072b2"/).map { String($0.1) }
    #expect(line.first?.split(separator: " ").count == 5, "\(line)")
    #expect(svg.matches(of: /<circle/).count == 50)
  }

  @Test func filesAreWrittenAsTheirEndsSay() throws {
    let folder = try TemporaryFolder()
    let drawing = chart([curve([1, 3, 2])]).drawing()
    try drawing.write(to: folder.file("a.svg"))
    try drawing.write(to: folder.file("a.PNG"))
    let picture = try Picture.read(file: folder.file("a.PNG"), color: .color)
    #expect(picture.width == 1800 && picture.height == Int(2 * drawing.height))
    // White ground and curves in blue: blue, green, red.
    #expect(Array(picture.pixels.prefix(3)) == [255, 255, 255])
    #expect(
      stride(from: 0, to: picture.pixels.count, by: 3).contains { Array(picture.pixels[$0..<$0 + 3]) == [178, 114, 0] })
    #expect(throws: CaffeError.self) { try drawing.write(to: folder.file("a.pdf")) }
    #expect(throws: CaffeError.self) { try drawing.write(to: folder.file("missing/a.svg")) }
    #expect(throws: CaffeError.self) { try SVGDrawing.png(ofSVG: "no svg", width: 10, height: 10, scale: 1) }
  }
}
