import CaffeCore
import CaffeProto

extension Net {
  /// The error for a label that is no class: it names the record that the label came with, if a data layer knows it.
  func describe(_ label: InvalidLabel, layer index: Int) -> CaffeError {
    let value = label.value == label.value.rounded() ? String(format(label.value)) : "\(label.value)"
    let range = "labels are whole numbers from 0 to \(label.classes - 1)"
    return CaffeError(
      .value,
      "label \(value) \(record(of: label, layer: index)), but its scores have \(label.classes) classes: \(range); "
        + "mend the data, raise num_output, or set ignore_label")
  }

  private func format(_ value: Float) -> String {
    abs(value) < 1e9 ? String(Int(value)) : "\(value)"
  }

  private func record(of label: InvalidLabel, layer index: Int) -> String {
    guard bottoms[index].count > 1 else { return "at position \(label.position)" }
    let labels = bottoms[index][1]
    let perRecord = max(1, labels.count / max(1, labels.shape.legacyExtent(0)))
    let item = label.position / perRecord
    if let source = dataLayer(of: layerParameters[index].bottom[1], before: index),
      let name = source.recordName(at: item)
    {
      return "of the record with \(name) (item \(item) of the batch)"
    }
    return "of item \(item) of the batch"
  }

  /// Follows first bottoms back from `blob` to a layer whose tops are records.
  private func dataLayer(of blob: String, before index: Int) -> (any RecordSource)? {
    var wanted = blob
    for candidate in layers.indices[..<index].reversed() where layerParameters[candidate].top.contains(wanted) {
      if let source = layers[candidate] as? any RecordSource { return source }
      guard let bottom = layerParameters[candidate].bottom.first else { return nil }
      wanted = bottom
    }
    return nil
  }
}
