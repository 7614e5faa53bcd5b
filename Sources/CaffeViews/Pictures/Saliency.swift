import CaffeCore
import CaffeData
import CaffeNet

/// Which pixels of a picture the score of a class depends on: the size of the score's gradient at each.
///
/// After Simonyan, Vedaldi and Zisserman (2014): of the channels' gradients the largest counts. Where the last layer is a softmax, the score
/// before it is taken, since a probability near 1 hardly changes.
public struct Saliency: Sendable {
  /// The class.
  public let index: Int
  /// Its score as the net gives it.
  public let score: Float
  /// The rows of the net's input.
  public let height: Int
  /// Its columns.
  public let width: Int
  /// The size of the gradient at each pixel, from 0 to 1.
  public let values: [Float]

  /// Finds out for `picture`; `index` is the class, by default the one of the largest score.
  ///
  /// - Throws: `CaffeError` where the net can't be run or has no such class.
  public init(of picture: Picture, class index: Int? = nil, in classifier: Classifier) throws {
    let scores = try classifier.scores(of: [picture])[0]
    guard let chosen = index ?? scores.best(1).first?.index, scores.indices.contains(chosen) else {
      throw CaffeError(.flag, "there is no class \(index ?? 0); the net has \(scores.count), from 0 on")
    }
    self.index = chosen
    score = scores[chosen]
    let net = classifier.net
    let (blob, last) = try Saliency.scores(of: classifier)
    for blob in net.blobs { net.context.engine.fill(blob.diff, count: blob.count, with: 0) }
    var seed = [Float](repeating: 0, count: blob.count)
    seed[chosen] = 1
    try blob.setDiff(seed)
    for layer in (0...last).reversed() { try net.backward(layer: layer) }
    let input = classifier.input
    let gradient = input.diff.values
    (height, width) = (input.shape[2], input.shape[3])
    let plane = height * width
    let sizes = (0..<plane).map { pixel in
      (0..<input.shape[1]).reduce(Float(0)) { max($0, abs(gradient[$1 * plane + pixel])) }
    }
    // A few large ones would leave all others dark.
    let sorted = sizes.filter(\.isFinite).sorted()
    let bright = sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, sorted.count * 99 / 100)]
    guard bright > 0 else {
      throw CaffeError(
        .value, "the score of class \(chosen) doesn't depend on the picture: its gradient is 0 everywhere")
    }
    values = sizes.map { $0.isFinite ? min(1, $0 / bright) : 0 }
  }

  /// The blob of scores before a softmax, and the layer that makes it.
  private static func scores(of classifier: Classifier) throws -> (Blob, Int) {
    let net = classifier.net
    var blob = classifier.output
    func maker(_ blob: Blob) -> Int? { net.tops.lastIndex { $0.contains { $0 === blob } } }
    while let layer = maker(blob), type(of: net.layers[layer]).typeName == "Softmax", net.bottoms[layer][0] !== blob {
      blob = net.bottoms[layer][0]
    }
    guard let last = maker(blob) else {
      throw CaffeError(.graph, "no layer of the net makes its scores; give a deploy prototxt")
    }
    return (blob, last)
  }

  /// The picture as the net sees it, where the score depends on it, and the one over the other.
  public func picture(of picture: Picture) throws -> Picture {
    let scale = max(1, 400 / max(1, width))
    let shown = try picture.color().resized(height: height, width: width)
    let gap = 8
    let total = 3 * width * scale + 2 * gap
    var pixels = [UInt8](repeating: 255, count: height * scale * total * 3)
    for row in 0..<(height * scale) {
      for column in 0..<(width * scale) {
        let place = row / scale * width + column / scale
        let heat = values[place]
        for channel in 0..<3 {
          let color = Float(shown.pixels[place * 3 + channel])
          // Red, the last channel, is what stands out.
          let over = channel == 2 ? color * 0.4 + 153 * heat : color * 0.4 * (1 - heat)
          for (panel, value) in [color, 255 * heat, over].enumerated() {
            let x = panel * (width * scale + gap) + column
            pixels[(row * total + x) * 3 + channel] = UInt8(min(255, max(0, value.rounded())))
          }
        }
      }
    }
    return Picture(height: height * scale, width: total, channels: 3, pixels: pixels)
  }
}
