import CaffeCore
import CaffeData
import Foundation
import SwiftProtobuf

extension Summary.Value {
  /// A number.
  static func scalar(_ tag: String, _ value: Float) -> Summary.Value {
    var made = Summary.Value()
    made.tag = tag
    made.simpleValue = value
    return made
  }

  /// How `values` are spread; those that aren't finite are left out.
  static func histogram(_ tag: String, _ values: [Float]) -> Summary.Value {
    var made = Summary.Value()
    made.tag = tag
    made.histo = HistogramProto(values)
    return made
  }

  /// A picture.
  static func image(_ tag: String, _ picture: Picture) throws -> Summary.Value {
    var made = Summary.Value()
    made.tag = tag
    made.image.height = Int32(picture.height)
    made.image.width = Int32(picture.width)
    made.image.colorspace = Int32(picture.channels)
    made.image.encodedImageString = Data(try picture.encoded(as: .png))
    return made
  }

  /// A text in Markdown.
  static func text(_ tag: String, _ text: String) -> Summary.Value {
    var made = Summary.Value()
    made.tag = tag
    made.metadata.pluginData.pluginName = "text"
    // The number of a tensor's type for strings.
    made.tensor.dtype = 7
    made.tensor.tensorShape.dim = [TensorShapeProto.Dim.with { $0.size = 1 }]
    made.tensor.stringVal = [Data(text.utf8)]
    return made
  }
}

extension HistogramProto {
  private static let buckets = 40

  /// Counts `values` in buckets of one width.
  init(_ values: [Float]) {
    self.init()
    let finite = values.lazy.filter(\.isFinite).map(Double.init)
    guard let first = finite.first else { return }
    (min, max) = (first, first)
    for value in finite {
      if value < min { min = value }
      if value > max { max = value }
      num += 1
      sum += value
      sumSquares += value * value
    }
    guard max > min else {
      (bucketLimit, bucket) = ([max], [num])
      return
    }
    let width = (max - min) / Double(HistogramProto.buckets)
    bucketLimit = (1...HistogramProto.buckets).map { $0 == HistogramProto.buckets ? max : min + Double($0) * width }
    bucket = [Double](repeating: 0, count: HistogramProto.buckets)
    for value in finite { bucket[Swift.min(HistogramProto.buckets - 1, Int((value - min) / width))] += 1 }
  }
}
