import CaffeCore
import CaffeData

/// Small pictures side by side in one.
public struct TileSheet: Sendable {
  /// How values become brightness.
  public enum Range: String, CaseIterable, Sendable {
    /// The least value of all tiles is black, the largest white.
    case all
    /// The least of each tile is black, its largest white.
    case each
  }

  /// The rows of a tile.
  public let height: Int
  /// Its columns.
  public let width: Int
  /// The channels of a tile, 1 or 3; of three the first is blue.
  public let channels: Int
  /// The values of each tile, channel by channel.
  public let tiles: [[Float]]
  /// The tiles of a row; as many rows as columns, about, without.
  public var columns: Int?

  /// Makes a sheet; each of `tiles` must hold as many values as the extents say.
  public init(_ tiles: [[Float]], height: Int, width: Int, channels: Int = 1, columns: Int? = nil) {
    precondition(tiles.allSatisfy { $0.count == height * width * channels } && (channels == 1 || channels == 3))
    self.height = height
    self.width = width
    self.channels = channels
    self.tiles = tiles
    self.columns = columns
  }

  /// The sheet as a picture about `size` pixels wide, each value a square of whole pixels; gaps are white.
  ///
  /// - Throws: `CaffeError` of code `value` where there is nothing to show, or too much.
  public func picture(size: Int = 800, range: Range = .all) throws -> Picture {
    guard !tiles.isEmpty, height > 0, width > 0 else {
      throw CaffeError(.value, "there are no values to show; name a layer or blob that has some")
    }
    let across = columns ?? Int(Double(tiles.count).squareRoot().rounded(.up))
    let down = (tiles.count + across - 1) / across
    let scale = max(1, min(64, size / (across * (width + 1))))
    let gap = max(1, scale / 4)
    let (cellHeight, cellWidth) = (height * scale + gap, width * scale + gap)
    let (rows, total) = (down * cellHeight + gap, across * cellWidth + gap)
    guard rows <= 1 << 15, total <= 1 << 15 else {
      throw CaffeError(
        .value,
        "\(tiles.count) tiles of \(height)×\(width) make a picture of \(rows)×\(total) pixels; show fewer of them")
    }
    var pixels = [UInt8](repeating: 255, count: rows * total * channels)
    let shared = range == .all ? TileSheet.bounds(tiles.joined()) : nil
    for (index, tile) in tiles.enumerated() {
      let (low, high) = shared ?? TileSheet.bounds(tile)
      let factor = high > low ? 255 / (high - low) : 0
      let (top, left) = (index / across * cellHeight + gap, index % across * cellWidth + gap)
      for row in 0..<(height * scale) {
        for column in 0..<(width * scale) {
          for channel in 0..<channels {
            let value = tile[(channel * height + row / scale) * width + column / scale]
            let shown = value.isFinite ? (value - low) * factor : 0
            pixels[((top + row) * total + left + column) * channels + channel] = UInt8(
              min(255, max(0, shown.rounded())))
          }
        }
      }
    }
    return Picture(height: rows, width: total, channels: channels, pixels: pixels)
  }

  private static func bounds(_ values: some Sequence<Float>) -> (Float, Float) {
    var (low, high) = (Float.infinity, -Float.infinity)
    for value in values where value.isFinite { (low, high) = (min(low, value), max(high, value)) }
    return low <= high ? (low, high) : (0, 0)
  }
}
