import CaffeCore
import CaffeHDF5
import CaffeProto

/// The parameters of one layer of a weights file, read without its net.
public struct StoredParameters: Sendable {
  /// The shape of each.
  public let shapes: [[Int]]
  /// The values of each, row-major.
  public let values: [[Float]]

  /// Reads those of `layer` from a binary or HDF5 file.
  ///
  /// - Throws: `CaffeError` where the file can't be read, or has no such layer; the message has near names.
  public init(of layer: String, file: String) throws {
    if try WeightsFormat.isHDF5(file) {
      let data = try HDF5File.open(file).group("data")
      let names = try StoredParameters.names(in: data, below: "")
      guard names.contains(layer) else { throw StoredParameters.missing(layer, file, names) }
      let group = try data.group(layer)
      let sets = try (0..<names.filter { $0 == layer }.count).map { try group.dataset(String($0)) }
      shapes = sets.map(\.shape.extents)
      values = try sets.map { try $0.floats() }
    } else {
      let layers = try NetReader.readWeights(file: file).net.layer.filter { !$0.blobs.isEmpty }
      guard let found = layers.first(where: { $0.name == layer }) else {
        throw StoredParameters.missing(layer, file, layers.map(\.name))
      }
      shapes = found.blobs.map { $0.axes.map { Int($0) } }
      values = try found.blobs.map { try $0.values() }
    }
  }

  /// The name of a layer for each of its parameters.
  private static func names(in group: HDF5Group, below name: String) throws -> [String] {
    try group.names().flatMap { entry -> [String] in
      guard try group.containsGroup(entry) else { return [name] }
      return try names(in: group.group(entry), below: name.isEmpty ? entry : "\(name)/\(entry)")
    }
  }

  private static func missing(_ layer: String, _ file: String, _ names: [String]) -> CaffeError {
    let near = NearNames.hint(for: layer, among: Set(names))
    let known = Array(Set(names)).sorted()
    let some = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
    return CaffeError(
      .value, file: file,
      "no layer \"\(layer)\" of this file has parameters" + (near.isEmpty ? "; those that have: \(some)" : near))
  }
}
