import CaffeCore

extension Picture {
  /// A picture of many small ones of the same size, side by side in about a square, with light lines between.
  ///
  /// All values are scaled alike, the least to black and the largest to white; what isn't finite is black.
  ///
  /// - Parameters:
  ///   - values: `count` × `channels` × `height` × `width` values. Three channels make one coloured picture, blue first, as in
  ///     nets that are trained by Caffe; of any other number each channel is a grey picture.
  ///   - zoom: How many pixels, each way, make one value.
  /// - Returns: Nil where there are no values.
  public static func tiles(
    of values: [Float], count: Int, channels: Int, height: Int, width: Int, zoom: Int = 1, columns: Int? = nil
  ) -> Picture? {
    precondition(values.count == count * channels * height * width, "as many values as the sizes say")
    let isColor = channels == 3
    let number = isColor ? count : count * channels
    guard number > 0, height > 0, width > 0 else { return nil }
    let finite = values.lazy.filter(\.isFinite)
    let (least, most) = finite.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1), max($0.1, $1)) }
    let scale = most > least ? 255 / (Double(most) - Double(least)) : 0
    func byte(_ value: Float) -> UInt8 {
      value.isFinite ? UInt8(max(0, min(255, ((Double(value) - Double(least)) * scale).rounded()))) : 0
    }

    let across = min(number, columns ?? Int(Double(number).squareRoot().rounded(.up)))
    let down = (number + across - 1) / across
    let depth = isColor ? 3 : 1
    let (tileHeight, tileWidth) = (height * zoom, width * zoom)
    let gap = max(1, zoom / 4)
    let (rows, row) = (down * (tileHeight + gap) + gap, across * (tileWidth + gap) + gap)
    var pixels = [UInt8](repeating: 255, count: rows * row * depth)
    for tile in 0..<number {
      let top = tile / across * (tileHeight + gap) + gap
      let left = tile % across * (tileWidth + gap) + gap
      for channel in 0..<depth {
        let plane = (tile * depth + channel) * height * width
        for y in 0..<tileHeight {
          let source = plane + y / zoom * width
          let target = ((top + y) * row + left) * depth + channel
          for x in 0..<tileWidth { pixels[target + x * depth] = byte(values[source + x / zoom]) }
        }
      }
    }
    return Picture(height: rows, width: row, channels: depth, pixels: pixels)
  }
}
