import CaffeCore

/// What the layers of a net carried at some time: states and statistics, but not what data layers read.
package struct CarriedState: Sendable {
  fileprivate var states: [Int: LayerState] = [:]
  /// The values of the parameters that forward passes change, by layer and index.
  fileprivate var statistics: [(layer: Int, parameter: Int, values: [Float])] = []

  /// Makes one of a net without state.
  package init() {}
}

extension Net {
  /// What the layers carry now. Data layers aren't part of it: what they have read is read.
  package func carriedState() -> CarriedState {
    var carried = CarriedState()
    for (index, layer) in layers.enumerated() where !bottoms[index].isEmpty {
      if let stateful = layer as? any StatefulLayer { carried.states[index] = stateful.currentState() }
      for (parameter, blob) in layer.blobs.enumerated() where layer.defaultRateMultiplier(ofParameter: parameter) == 0 {
        carried.statistics.append((index, parameter, blob.data.values))
      }
    }
    return carried
  }

  /// Brings back what the layers carried; `state` is this net's.
  package func restore(_ state: CarriedState) throws {
    for (index, value) in state.states { try (layers[index] as? any StatefulLayer)?.restore(value) }
    for (layer, parameter, values) in state.statistics { layers[layer].blobs[parameter].data.set(values) }
  }
}
