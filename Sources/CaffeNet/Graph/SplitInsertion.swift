import CaffeCore
import CaffeProto

/// Gives each reader of a blob that has several a copy of its own, by Split layers, so that their gradients are added up.
///
/// Names are the original's, since model files and scripts hold them: `ip2_ip2_0_split_1` is the second copy of
/// the first top, `ip2`, of the layer `ip2`.
struct SplitInsertion {
  /// A top: which layer's, and which of its tops.
  private struct Place: Hashable {
    var layer: Int
    var top: Int
  }

  private let entries: [LayerEntry]
  private var producer: [String: Place] = [:]
  private var sources: [[Place]] = []
  private var readers: [Place: Int] = [:]
  private var lossWeights: [Place: Float] = [:]

  /// The entries with splits inserted.
  ///
  /// - Throws: `CaffeError` when a bottom has no producer before it.
  static func apply(to entries: [LayerEntry]) throws -> [LayerEntry] {
    var insertion = SplitInsertion(entries)
    try insertion.countReaders()
    return insertion.rewritten()
  }

  private init(_ entries: [LayerEntry]) { self.entries = entries }

  private mutating func countReaders() throws {
    for (index, entry) in entries.enumerated() {
      let layer = entry.parameter
      sources.append(
        try layer.bottom.enumerated().map { position, bottom in
          guard let source = producer[bottom] else { throw unknownBottom(bottom, at: position, of: index) }
          readers[source, default: 0] += 1
          return source
        })
      for (top, name) in layer.top.enumerated() { producer[name] = Place(layer: index, top: top) }
      for (top, weight) in zip(layer.top.indices, layer.lossWeight) where weight != 0 {
        let place = Place(layer: index, top: top)
        lossWeights[place] = weight
        readers[place, default: 0] += 1
      }
    }
  }

  private func unknownBottom(_ name: String, at position: Int, of index: Int) -> CaffeError {
    let message = "no layer before it produces its bottom \"\(name)\" (bottom \(position))"
    if let later = entries[index...].first(where: { $0.parameter.top.contains(name) }) {
      return entries[index].error(
        .graph, "\(message); \"\(later.parameter.name)\" produces it later: move that layer up")
    }
    let hint = NearNames.hint(for: name, among: producer.keys)
    return entries[index].error(.graph, message + (hint.isEmpty ? "; name a top of an earlier layer" : hint))
  }

  private func rewritten() -> [LayerEntry] {
    var taken: [Place: Int] = [:]
    var result: [LayerEntry] = []
    func takeCopy(_ place: Place) -> String {
      let copy = taken[place, default: 0]
      taken[place] = copy + 1
      return "\(splitName(place))_\(copy)"
    }
    for (index, entry) in entries.enumerated() {
      var entry = entry
      for (position, source) in sources[index].enumerated() where readers[source, default: 0] > 1 {
        entry.parameter.bottom[position] = takeCopy(source)
      }
      let split = entry.parameter.top.indices.map { Place(layer: index, top: $0) }
        .filter { readers[$0, default: 0] > 1 }
      for place in split where lossWeights[place] != nil {
        entry.parameter.lossWeight[place.top] = 0
        _ = takeCopy(place)
      }
      result.append(entry)
      result += split.map(splitLayer)
    }
    return result
  }

  private func splitName(_ place: Place) -> String {
    let layer = entries[place.layer].parameter
    return "\(layer.top[place.top])_\(layer.name)_\(place.top)_split"
  }

  private func splitLayer(_ place: Place) -> LayerEntry {
    var layer = LayerParameter()
    layer.name = splitName(place)
    layer.type = "Split"
    layer.bottom = [entries[place.layer].parameter.top[place.top]]
    layer.top = (0..<readers[place, default: 0]).map { "\(layer.name)_\($0)" }
    if let weight = lossWeights[place] {
      layer.lossWeight = [weight] + [Float](repeating: 0, count: layer.top.count - 1)
    }
    return LayerEntry(parameter: layer, location: entries[place.layer].location)
  }
}
