import Caffe
import CaffeTestSupport
import Foundation
import Testing

struct WindowDataLayerTests {
  let folder: TemporaryFolder
  let picture: Picture

  init() throws {
    folder = try TemporaryFolder()
    let pixels = (0..<10 * 12 * 3).map { UInt8($0 % 251) }
    picture = Picture(height: 10, width: 12, channels: 3, pixels: pixels)
    try picture.write(to: folder.file("a.png"))
    try picture.gray().color().write(to: folder.file("b.png"))
    try write(
      "# 0\na.png\n3\n10\n12\n3\n7 0.9 2 3 5 8\n7 0.5 0 0 11 9\n3 0.1 6 1 9 4\n# 1\nb.png\n3\n10\n12\n1\n2 0.4 0 0 3 3\n"
    )
  }

  private func write(_ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file("windows.txt")))
  }

  private func layer(_ parameters: String, _ transform: String) -> String {
    """
    layer { name: "data" type: "WindowData" top: "data" top: "label" transform_param { \(transform) }
      window_data_param { source: "windows.txt" \(parameters) } }
    """
  }

  private func failure(_ parameters: String, _ transform: String = "crop_size: 4") -> String {
    message { try oneLayerNet(layer(parameters, transform), folder: folder).forward() }
  }

  @Test func objectsAndBackgroundHaveTheirShares() throws {
    let net = try oneLayerNet(layer("batch_size: 8 fg_fraction: 0.25", "crop_size: 4 scale: 2"), folder: folder)
    for _ in 0..<5 {
      try net.forward()
      #expect(net.blob(named: "label")?.data.values == [0, 0, 0, 0, 0, 0, 7, 7])
    }
    #expect(net.blob(named: "data")?.shape == [8, 3, 4, 4])
  }

  @Test func windowsAreCutOutAndScaled() throws {
    let text = layer(
      "batch_size: 1 fg_fraction: 1 fg_threshold: 0.8 cache_images: true", "crop_size: 5 scale: 2 mean_value: 10")
    let net = try oneLayerNet(text, folder: folder)
    let window = try picture.cropped(top: 3, left: 2, height: 6, width: 4).resized(height: 5, width: 5)
    for _ in 0..<3 {
      try net.forward()
      #expect(net.blob(named: "data")?.data.values == window.planes().map { (Float($0) - 10) * 2 })
    }
  }

  @Test func surroundingsComeIntoTheCut() {
    func cut(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int, pad: Int, square: Bool, mirror: Bool = false)
      -> WindowCut
    {
      let window = WindowList.Window(picture: 0, label: 1, left: left, top: top, right: right, bottom: bottom, line: 1)
      return WindowCut(
        window, pictureHeight: 10, pictureWidth: 10, side: 8, contextPad: pad, isSquare: square, isMirrored: mirror)
    }
    func box(_ cut: WindowCut) -> [Int] { [cut.left, cut.top, cut.width, cut.height] }
    func columns(_ cut: WindowCut) -> [Int] { [cut.left, cut.width, cut.scaledWidth, cut.offsetLeft] }
    // By hand: the window of 4×4 is doubled around its middle.
    let inside = cut(2, 2, 5, 5, pad: 2, square: false)
    #expect(box(inside) == [0, 0, 9, 9])
    #expect(columns(inside) == [0, 9, 8, 0])
    // Reaching two pixels over the edge, of nine that become eight.
    let edge = cut(0, 2, 3, 5, pad: 2, square: false)
    #expect(columns(edge) == [0, 7, 6, 2])
    #expect(cut(0, 2, 3, 5, pad: 2, square: false, mirror: true).offsetLeft == 0)
    // A window of 4×2 becomes a square of 4×4, and one pixel more, as in the original.
    let square = cut(3, 4, 6, 5, pad: 0, square: true)
    #expect(box(square) == [3, 3, 5, 5])
    let plain = cut(3, 4, 6, 5, pad: 0, square: false)
    #expect(box(plain) == [3, 4, 4, 2])
  }

  /// Every window of a small picture, with much around it: what lies outside is 0, and nothing is written elsewhere.
  @Test func anyWindowFits() throws {
    for left in 0..<6 {
      for right in left..<6 {
        for (pad, square, mirror) in [(0, true, false), (3, false, true), (3, true, false), (1, true, true)] {
          let window = WindowList.Window(picture: 0, label: 1, left: left, top: 0, right: right, bottom: 5, line: 1)
          let cut = WindowCut(
            window, pictureHeight: 6, pictureWidth: 6, side: 7, contextPad: pad, isSquare: square, isMirrored: mirror)
          #expect(cut.left >= 0 && cut.top >= 0 && cut.left + cut.width <= 6 && cut.top + cut.height <= 6)
          #expect(cut.scaledWidth > 0 && cut.offsetLeft + cut.scaledWidth <= 7)
          #expect(cut.scaledHeight > 0 && cut.offsetTop + cut.scaledHeight <= 7)
        }
      }
    }
  }

  @Test func aResumedRunGoesOn() throws {
    let text = layer("batch_size: 3 fg_fraction: 0.4 context_pad: 1", "crop_size: 6 mirror: true")
    let whole = try oneLayerNet(text, folder: folder, phase: .train)
    for _ in 0..<6 { try whole.forward() }
    let resumed = try oneLayerNet(text, folder: folder, phase: .train)
    try #require(resumed.layers[0] as? any ResumableSource).skip(batches: 5)
    try resumed.forward()
    #expect(resumed.blob(named: "data")?.data.values == whole.blob(named: "data")?.data.values)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let text = layer("batch_size: 3 fg_fraction: 0.4 context_pad: 1", "crop_size: 6 mirror: true")
    func run(_ threads: Int) throws -> [Float] {
      let net = try oneLayerNet(text, folder: folder, phase: .train, threads: threads)
      return try (0..<20).flatMap { _ in
        try net.forward()
        return try #require(net.blob(named: "data")).data.values
      }
    }
    let one = try run(1)
    for threads in [2, 5] { #expect(try run(threads) == one) }
  }

  @Test func whatIsWrongIsNamed() throws {
    #expect(failure("batch_size: 2", "").contains("needs one"))
    #expect(failure("batch_size: 2 context_pad: 2").contains("leaves nothing"))
    #expect(failure("batch_size: 2 crop_mode: \"round\"").contains("use warp or square"))
    #expect(failure("batch_size: 4 fg_threshold: 2").contains("no window is one of an object"))
    #expect(failure("batch_size: 4 fg_fraction: 1.5").contains("fg_fraction"))
    try write("# 0\na.png\n3\n10\n12\n1\n7 0.9 2 3 15 8\n")
    #expect(failure("batch_size: 1 fg_fraction: 1").contains("windows.txt:7"))
    try write("# 0\na.png\n3\n10\n12\n1\n7 0.9 2 3 1 8\n")
    #expect(failure("batch_size: 1").contains("empty or outside"))
    try write("# 0\na.png\n3\n10\n12\n2\n7 0.9 2 3 5 8\n")
    #expect(failure("batch_size: 1").contains("the file ends"))
    try write("# 0\na.png\n3\nten\n12\n2\n7 0.9 2 3 5 8\n")
    #expect(failure("batch_size: 1").contains("windows.txt:4"))
    try write("# 0\na.png\n3\n10\n12\n1\n0 0.9 2 3 5 8\n")
    #expect(failure("batch_size: 1").contains("its class is 0"))
    try write("")
    #expect(failure("batch_size: 1").contains("no pictures"))
    try write("# 0\nnone.png\n3\n10\n12\n1\n1 0.9 2 3 5 8\n")
    #expect(failure("batch_size: 1 fg_fraction: 1").contains("none.png"))
  }
}
