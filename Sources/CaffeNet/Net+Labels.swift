import CaffeCore
import CaffeProto

/// Indices of a bottom that are no row's number; the net turns it into an error that names the record.
package struct InvalidIndices: Error {
  /// What the engine found.
  package var index: InvalidIndex
  /// Which bottom holds the indices.
  package var bottom: Int

  /// Makes one.
  package init(_ index: InvalidIndex, bottom: Int) {
    self.index = index
    self.bottom = bottom
  }
}

extension Net {
  /// Calls `body`, about layer `index`; labels and indices out of range become errors that name the record that they came with, if a
  /// data layer knows it.
  func describingRecords(layer index: Int, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let label as InvalidLabel {
      throw describe(label, layer: index)
    } catch let indices as InvalidIndices {
      throw describe(indices, layer: index)
    }
  }

  private func describe(_ label: InvalidLabel, layer index: Int) -> CaffeError {
    let range = "labels are whole numbers from 0 to \(label.classes - 1)"
    return CaffeError(
      .value,
      "label \(format(label.value)) \(record(of: label.position, bottom: 1, layer: index)), but its scores have "
        + "\(label.classes) classes: \(range); mend the data, raise num_output, or set ignore_label")
  }

  private func describe(_ indices: InvalidIndices, layer index: Int) -> CaffeError {
    let (found, bottom) = (indices.index, indices.bottom)
    return CaffeError(
      .value,
      "value \(found.position) of bottom \(bottom), \(record(of: found.position, bottom: bottom, layer: index)), is "
        + "\(format(found.value)), no index of the \(found.count) rows there are; give whole numbers from 0, less than \(found.count)"
    )
  }

  private func format(_ value: Float) -> String {
    value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : "\(value)"
  }

  private func record(of position: Int, bottom: Int, layer index: Int) -> String {
    guard bottom < bottoms[index].count else { return "at position \(position)" }
    let values = bottoms[index][bottom]
    let perRecord = max(1, values.count / max(1, values.shape.legacyExtent(0)))
    let item = position / perRecord
    if let source = dataLayer(of: bottom, layer: index), let name = source.recordName(at: item) {
      return "of the record with \(name) (item \(item) of the batch)"
    }
    return "of item \(item) of the batch"
  }

  /// Follows first bottoms back from a bottom of layer `index` to a layer whose tops are records, as long as items keep their
  /// places in the batch.
  private func dataLayer(of bottom: Int, layer index: Int) -> (any RecordSource)? {
    var (name, blob) = (layerParameters[index].bottom[bottom], bottoms[index][bottom])
    let items = blob.shape.legacyExtent(0)
    for candidate in layers.indices[..<index].reversed() {
      guard let top = layerParameters[candidate].top.firstIndex(of: name) else { continue }
      guard tops[candidate][top].shape.legacyExtent(0) == items else { return nil }
      if let source = layers[candidate] as? any RecordSource { return source }
      guard let first = layerParameters[candidate].bottom.first, !Net.movesItems(layerParameters[candidate].type) else {
        return nil
      }
      (name, blob) = (first, bottoms[candidate][0])
      guard blob.shape.legacyExtent(0) == items else { return nil }
    }
    return nil
  }

  /// Whether layers of this type give items other places.
  private static func movesItems(_ type: String) -> Bool { ["BatchReindex", "Filter"].contains(type) }
}
