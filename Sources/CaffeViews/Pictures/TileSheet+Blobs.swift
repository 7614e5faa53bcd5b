import CaffeCore

extension TileSheet {
  /// The most tiles that are made of filters with many channels: 64 of each, by 64.
  private static let limit = 64

  /// The filters of a layer: in colour where they have three channels, else each channel by itself, a row for each filter; a
  /// matrix of weights is one tile.
  ///
  /// - Parameter isRGB: Whether the first channel is red; Caffe's models take blue first.
  /// - Throws: `CaffeError` of code `shape` for parameters that are neither filters nor a matrix.
  public init(filters values: [Float], shape: [Int], isRGB: Bool = false) throws {
    guard shape.count == 2 || shape.count == 4, shape.reduce(1, *) == values.count, !values.isEmpty else {
      throw CaffeError(
        .shape, "parameters of shape \(shape) are no filters; name a layer of convolutions or inner products")
    }
    if shape.count == 2 {
      self.init([values], height: shape[0], width: shape[1])
      return
    }
    let (outputs, inputs, size) = (shape[0], shape[1], shape[2] * shape[3])
    func plane(_ output: Int, _ input: Int) -> [Float] {
      let start = (output * inputs + input) * size
      return Array(values[start..<(start + size)])
    }
    if inputs == 3 {
      let order = isRGB ? [2, 1, 0] : [0, 1, 2]
      let tiles: [[Float]] = (0..<outputs).map { output in order.flatMap { plane(output, $0) } }
      self.init(tiles, height: shape[2], width: shape[3], channels: 3)
      return
    }
    let (shownOutputs, shownInputs) =
      inputs == 1 ? (outputs, 1) : (min(outputs, TileSheet.limit), min(inputs, TileSheet.limit))
    let tiles: [[Float]] = (0..<shownOutputs).flatMap { output in (0..<shownInputs).map { plane(output, $0) } }
    self.init(tiles, height: shape[2], width: shape[3], columns: inputs == 1 ? nil : shownInputs)
  }

  /// The channels of a blob's first record; values without height and width are bars.
  ///
  /// - Throws: `CaffeError` of code `shape` for a blob without values.
  public init(activations values: [Float], shape: [Int]) throws {
    guard let records = shape.first, records > 0, !values.isEmpty else {
      throw CaffeError(.shape, "a blob of shape \(shape) has no values to show")
    }
    let record = Array(values[0..<(values.count / records)])
    guard shape.count == 4, shape[2] * shape[3] > 1 else {
      self = TileSheet.bars(record)
      return
    }
    let plane = shape[2] * shape[3]
    self.init(
      (0..<shape[1]).map { Array(record[($0 * plane)..<(($0 + 1) * plane)]) }, height: shape[2], width: shape[3])
  }

  /// A bar for each value, from 0 up or down.
  private static func bars(_ values: [Float]) -> TileSheet {
    let height = 120
    let finite = values.filter(\.isFinite)
    let low = Double(min(0, finite.min() ?? 0))
    let high = Double(max(0, finite.max() ?? 0))
    let scale = high > low ? Double(height - 1) / (high - low) : 0
    let columns = min(values.count, 4000)
    var tile = [Float](repeating: 1, count: height * columns)
    let base = Int(high * scale)
    for column in 0..<columns where values[column].isFinite {
      let end = Int((high - Double(values[column])) * scale)
      for row in min(base, end)...max(base, end) { tile[row * columns + column] = 0 }
    }
    return TileSheet([tile], height: height, width: columns)
  }
}
