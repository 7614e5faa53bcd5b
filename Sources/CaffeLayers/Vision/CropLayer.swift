import CaffeCore
import CaffeNet
import CaffeProto

/// A part of a blob, of the extents of another one.
///
/// y[i…] = x[i + offset…].
///
/// Bottoms: the blob to crop; one that gives the extents, whose values mean nothing. Top: the extents of bottom 0 before `axis`,
/// those of bottom 1 from it on.
///
/// `crop_param`:
/// - `axis` (2): the first axis that is cropped; negative ones count from the end.
/// - `offset` (0): where the part begins; once for all cropped axes or once for each.
///
/// Gradient: dy at the places of the part, 0 elsewhere; 0 for bottom 1.
///
/// Errors: no such axis; fewer axes of bottom 1; a number of offsets that doesn't fit; a part that reaches beyond
/// bottom 0.
///
/// Source: Caffe's Crop.
///
/// ```
/// layer {
///   name: "score"
///   type: "Crop"
///   bottom: "upscore"
///   bottom: "data"
///   top: "score"
///   crop_param { axis: 2 offset: 19 }
/// }
/// ```
package final class CropLayer: Layer {
  package override class var typeName: String { "Crop" }
  package override class var ports: Ports { Ports(bottoms: 2...2, tops: 1...1) }

  private let axis: Int
  private let offsets: [Int]
  private var region = RegionSpec(extents: [0], source: [0], sourceOffset: [0], target: [0], targetOffset: [0])

  /// Keeps `crop_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    axis = Int(parameter.cropParam.axis)
    offsets = parameter.cropParam.offset.map { Int($0) }
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let (whole, part) = (bottom[0].shape, bottom[1].shape)
    let first = try whole.canonicalAxis(axis)
    let cropped = whole.axisCount - first
    guard offsets.count <= 1 || offsets.count == cropped else {
      throw error(
        .field,
        "crop_param gives \(offsets.count) offsets for the \(cropped) axes from \(first) on of the shape \(whole); give one for all "
          + "or one for each")
    }
    guard part.axisCount >= whole.axisCount else {
      throw error(
        .shape, "bottom 1 has the shape \(part), bottom 0 \(whole); expected at least as many axes")
    }
    var extents = whole.extents
    var begin = Array(repeating: 0, count: whole.axisCount)
    for index in first..<whole.axisCount {
      extents[index] = part[index]
      begin[index] = offsets.isEmpty ? 0 : offsets[offsets.count == 1 ? 0 : index - first]
      guard begin[index] + extents[index] <= whole[index] else {
        throw error(
          .shape,
          "the crop reaches beyond bottom 0 along axis \(index): offset \(begin[index]) and \(extents[index]) values of bottom 1, "
            + "of shape \(part), but bottom 0 has the shape \(whole); use a smaller offset or crop less")
      }
    }
    top[0].reshape(to: Shape(extents))
    region = RegionSpec(
      extents: extents, source: whole.extents, sourceOffset: begin, target: extents,
      targetOffset: Array(repeating: 0, count: extents.count))
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.copyRegion(region, from: bottom[0].data, to: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    for index in bottom.indices where propagateDown[index] {
      engine.fill(bottom[index].diff, count: bottom[index].count, with: 0)
    }
    if propagateDown[0] { engine.copyRegion(region.reversed, from: top[0].diff, to: bottom[0].diff) }
  }
}
