import CaffeCore
import CaffeHDF5

extension Net {
  /// Copies parameters from the datasets `data/<layer>/<index>` to the layers of the same name.
  func load(hdf5 root: HDF5Group, mismatch: WeightsMismatchPolicy) throws -> WeightsReport {
    let loader = WeightsLoader(net: self, file: root.file, policy: mismatch, ignoredAt: "net.cpp:801")
    return try loader.load(storedLayers(in: root.group("data"), name: ""))
  }

  /// The layers below `group`. A layer whose name has slashes, `inception_3a/1x1`, is a group in a group.
  private func storedLayers(in group: HDF5Group, name: String) throws -> [StoredLayer] {
    let names = try group.names()
    var blobs: [Int: StoredBlob] = [:]
    var below: [StoredLayer] = []
    for entry in names {
      if try group.containsGroup(entry) {
        below += try storedLayers(in: group.group(entry), name: name.isEmpty ? entry : "\(name)/\(entry)")
      } else {
        blobs[try index(entry, in: group)] = try storedBlob(group.dataset(entry))
      }
    }
    let isLayer = !name.isEmpty && (!blobs.isEmpty || below.isEmpty)
    return (isLayer ? [StoredLayer(name: name, blobs: blobs, mayOmitShared: true)] : []) + below
  }

  private func index(_ entry: String, in group: HDF5Group) throws -> Int {
    guard let index = Int(entry), index >= 0 else {
      throw CaffeError(
        .corrupt, file: group.file,
        "\"\(group.path)\" holds a dataset \"\(entry)\" where parameters are called 0, 1, …; is this a weights file?")
    }
    return index
  }

  private func storedBlob(_ dataset: HDF5Dataset) -> StoredBlob {
    // A dataset has as many values as its shape says.
    StoredBlob(shape: .axes(dataset.shape.extents), check: { _ in }, copy: { try dataset.read(into: $0) })
  }

  /// Writes the parameters as `data/<layer>/<index>`, those that are shared only where they are owned; gradients go to
  /// `diff/<layer>/<index>`.
  func store(hdf5 root: HDF5Group, includingGradients: Bool) throws {
    let data = try root.makeGroup("data")
    let diff = includingGradients ? try root.makeGroup("diff") : nil
    for layer in layers {
      let values = try data.makeGroup(layer.name)
      for (index, blob) in layer.blobs.enumerated() where owns(index, layer) {
        try values.write(blob.data, shape: blob.shape, as: String(index))
      }
      guard let gradients = try diff?.makeGroup(layer.name) else { continue }
      for (index, blob) in layer.blobs.enumerated() {
        try gradients.write(blob.diff, shape: blob.shape, as: String(index))
      }
    }
  }

  private func owns(_ index: Int, _ layer: Layer) -> Bool {
    !parameters.contains { $0.layer === layer && $0.index == index && $0.owner != nil }
  }
}
