import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// `caffe draw` and `caffe show`.
@Suite struct ViewTests {
  private static let text = """
    name: "small"
    layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: 3 dim: 12 dim: 12 } } }
    layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1" convolution_param {
      num_output: 4 kernel_size: 3 weight_filler { type: "gaussian" std: 0.1 } } }
    layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" }
    layer { name: "left" type: "Pooling" bottom: "conv1" top: "left" pooling_param { kernel_size: 2 stride: 2 } }
    layer { name: "right" type: "Pooling" bottom: "conv1" top: "right" pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
    layer { name: "both" type: "Concat" bottom: "left" bottom: "right" top: "both" }
    layer { name: "score" type: "InnerProduct" bottom: "both" top: "score" inner_product_param {
      num_output: 5 weight_filler { type: "xavier" } } }
    layer { name: "prob" type: "Softmax" bottom: "score" top: "prob" }
    """

  private let folder: WorkFolder

  init() throws {
    folder = try WorkFolder()
    try folder.write(Self.text, to: "net.prototxt")
    let context = Context(engine: ReferenceEngine(), phase: .test, registry: .standard, random: RandomSource(seed: 4))
    let net = try Net(file: folder.path("net.prototxt"), context: context)
    try net.saveWeights(file: folder.path("net.caffemodel"))
    let pixels = (0..<432).map { UInt8($0 * 7 % 256) }
    try Picture(height: 12, width: 12, channels: 3, pixels: pixels).write(to: folder.path("cat.png"))
  }

  private func caffe(_ arguments: String...) throws -> CommandRun { try CommandRun(arguments, in: folder) }

  // MARK: - draw

  @Test func drawsBoxesAndShapesByItself() throws {
    let run = try caffe("draw", "--model=net.prototxt", "--out=net.svg", "--layout=caffe")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains("net.svg"))
    let svg = try String(contentsOfFile: folder.path("net.svg"), encoding: .utf8)
    for part in ["<svg", "small", ">conv1<", "ReLU relu1", "1×4×10×10", "1×8×5×5", ">prob<"] {
      #expect(svg.contains(part), "\(part)")
    }
    // In-place layers have no box of their own.
    #expect(!svg.contains(">relu1<"))
  }

  @Test(arguments: ["LR", "RL", "TB", "BT"]) func everyDirectionIsDrawn(_ rankdir: String) throws {
    let run = try caffe("draw", "--model=net.prototxt", "--out=net.svg", "--layout=caffe", "--rankdir=\(rankdir)")
    #expect(run.status == 0, "\(run.error)")
    let svg = try String(contentsOfFile: folder.path("net.svg"), encoding: .utf8)
    #expect(svg.contains(">conv1<") && !svg.contains("nan") && !svg.contains("inf"))
  }

  @Test func writesGraphvizText() throws {
    let run = try caffe("draw", "--model=net.prototxt", "--out=net.dot", "--rankdir=TB")
    #expect(run.status == 0, "\(run.error)")
    let dot = try String(contentsOfFile: folder.path("net.dot"), encoding: .utf8)
    #expect(dot.hasPrefix("digraph") && dot.contains("rankdir=TB") && dot.contains("conv1") && dot.contains("->"))
  }

  @Test func drawsWhatCannotBeBuilt() throws {
    try folder.write(Self.text.replacing("\"Softmax\"", with: "\"Sofrmax\""), to: "odd.prototxt")
    let run = try caffe("draw", "--model=odd.prototxt", "--out=odd.svg", "--layout=caffe")
    #expect(run.status == 0 && run.error.contains("no shapes") && run.error.contains("Sofrmax"), "\(run.error)")
    #expect(try String(contentsOfFile: folder.path("odd.svg"), encoding: .utf8).contains("Sofrmax"))
  }

  @Test func saysWhatIsWrong() throws {
    let missing = try caffe("draw", "--model=net.prototxt", "--out=none/net.svg", "--layout=caffe")
    #expect(missing.status == 1 && missing.error.contains("none"), "\(missing.error)")
    let odd = try caffe("draw", "--model=net.prototxt", "--out=net.jpg")
    #expect(odd.status != 0 && odd.error.contains("net.jpg") && !folder.exists("net.jpg"), "\(odd.error)")
    let nothing = try caffe("draw", "--model=net.prototxt")
    #expect(nothing.status != 0 && nothing.error.contains("--out"), "\(nothing.error)")
  }

  // MARK: - show

  @Test func tilesFilters() throws {
    let run = try caffe("show", "--weights=net.caffemodel", "--filters=conv1", "--out=f.png", "--size=100")
    #expect(run.status == 0 && run.output.contains("4 tiles of 3×3"), "\(run.error)")
    let picture = try Picture.read(file: folder.path("f.png"))
    #expect(picture.width <= 110 && picture.width > 50 && picture.channels == 3)
    #expect(Set(picture.pixels).count > 10)
  }

  @Test func showsActivationsHistogramAndWhatCounts() throws {
    let net = ["--model=net.prototxt", "--weights=net.caffemodel", "--image=cat.png"]
    let blob = try CommandRun(["show", "--blob=conv1", "--out=b.png"] + net, in: folder)
    #expect(blob.status == 0 && blob.output.contains("conv1") && folder.exists("b.png"), "\(blob.error)")
    let explained = try CommandRun(["show", "--explain", "--class=2", "--out=e.png"] + net, in: folder)
    #expect(explained.status == 0 && explained.output.hasPrefix("class 2, score "), "\(explained.error)")
    #expect(Set(try Picture.read(file: folder.path("e.png")).pixels).count > 10)
    let histogram = try caffe("show", "--weights=net.caffemodel", "--histogram=score", "--out=h.svg")
    #expect(histogram.status == 0 && folder.exists("h.svg") && folder.exists("h-1.svg"), "\(histogram.error)")
  }

  @Test func showSaysWhatIsWrong() throws {
    let near = try caffe("show", "--weights=net.caffemodel", "--filters=conv2")
    #expect(near.status == 1 && near.error.contains("conv1"), "\(near.error)")
    let blob = try caffe(
      "show", "--model=net.prototxt", "--weights=net.caffemodel", "--image=cat.png", "--blob=scroe")
    #expect(blob.status != 0 && blob.error.contains("score"), "\(blob.error)")
    let two = try caffe("show", "--weights=net.caffemodel", "--filters=conv1", "--explain")
    #expect(two.status == 64 && two.error.contains("--filters=LAYER"), "\(two.error)")
    let picture = try caffe("show", "--model=net.prototxt", "--weights=net.caffemodel", "--explain")
    #expect(picture.status != 0 && picture.error.contains("--image"), "\(picture.error)")
    let many = try caffe(
      "show", "--model=net.prototxt", "--weights=net.caffemodel", "--image=cat.png", "--explain", "--class=5")
    #expect(many.status != 0 && many.error.contains("5"), "\(many.error)")
  }
}
