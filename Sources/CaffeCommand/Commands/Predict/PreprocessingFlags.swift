import ArgumentParser
import Caffe

/// Flags about what is done to pictures before a net sees them.
struct PreprocessingFlags: ParsableArguments {
  @Option(
    help: "What is subtracted: a .binaryproto, or values, 104,117,123; a picture counts by the mean of each channel.")
  var mean: String?
  @Option(name: .customLong("input_scale"), help: "The factor after that.")
  var inputScale: Float?
  @Option(help: "HEIGHTxWIDTH to scale to before the middle is cut out (default: at once to the input's size).")
  var resize: String?
  @Option(name: .customLong("channel_order"), help: "bgr, or rgb.")
  var channelOrder: String?

  func validate() throws {
    if let channelOrder, Preprocessing.ChannelOrder(rawValue: channelOrder.uppercased()) == nil {
      throw ValidationError("--channel_order=\(channelOrder): give bgr or rgb")
    }
    if let inputScale, !inputScale.isFinite { throw ValidationError("--input_scale must be a finite number") }
    if let resize, extents(resize) == nil { throw ValidationError("--resize=\(resize): give HEIGHTxWIDTH, as 256x256") }
  }

  /// `base` with what these flags say.
  func changing(_ base: Preprocessing) throws -> Preprocessing {
    var changed = base
    if let mean { changed.mean = try values(mean) }
    if let inputScale { changed.scale = inputScale }
    if let channelOrder, let order = Preprocessing.ChannelOrder(rawValue: channelOrder.uppercased()) {
      changed.channelOrder = order
    }
    if let resize, let (height, width) = extents(resize) {
      changed.resizeHeight = height
      changed.resizeWidth = width
    }
    return changed
  }

  private func values(_ text: String) throws -> [Float] {
    let words = text.split(separator: ",")
    let numbers = words.compactMap { Float($0) }
    if !words.isEmpty, numbers.count == words.count, numbers.allSatisfy(\.isFinite) { return numbers }
    return try Preprocessing.channelMeans(file: text)
  }

  private func extents(_ text: String) -> (Int, Int)? {
    let parts = text.lowercased().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let height = parts[0], let width = parts[1] else { return nil }
    return (1...65536).contains(height) && (1...65536).contains(width) ? (height, width) : nil
  }
}
