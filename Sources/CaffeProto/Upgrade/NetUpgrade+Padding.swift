import CaffeCore

extension NetUpgrade {
  /// Removes V0's padding layers: the convolution or pooling layer that reads one gets its `pad`.
  mutating func removePaddingLayers() throws {
    let layers = net.layers
    var kept: [V1LayerParameter] = []
    var keptOrigins: [Int?] = []
    /// The layer that computes a blob last; nil for the net's inputs.
    var makers: [String: Int?] = Dictionary(net.input.map { ($0, nil) }) { first, _ in first }
    for (index, connection) in layers.enumerated() {
      var connection = connection
      let isPadding = connection.layer.type == "padding"
      for (position, blob) in connection.bottom.enumerated() {
        guard let maker = makers[blob] else {
          throw error(
            index, .graph, "no layer before it computes its bottom \"\(blob)\"; correct the name or the order"
          )
        }
        guard let maker, layers[maker].layer.type == "padding" else { continue }
        try checkPadded(index, connection, by: layers[maker])
        connection.layer.pad = layers[maker].layer.pad
        connection.bottom[position] = layers[maker].bottom[0]
      }
      for blob in connection.top { makers[blob] = .some(index) }
      if !isPadding {
        kept.append(connection)
        keptOrigins.append(origins[index])
      }
    }
    net.layers = kept
    origins = keptOrigins
  }

  private func checkPadded(_ index: Int, _ layer: V1LayerParameter, by padding: V1LayerParameter) throws {
    let type = layer.layer.type
    guard type == "conv" || type == "pool" else {
      throw error(
        index, .graph,
        "a layer of type \"\(type)\" reads the padding layer \"\(padding.layer.name)\"; only conv and "
          + "pool may"
      )
    }
    guard layer.bottom.count == 1, padding.bottom.count == 1, padding.top.count == 1 else {
      throw error(
        index, .graph,
        "it and the padding layer \"\(padding.layer.name)\" that it reads must have one bottom, and the "
          + "latter one top; "
          + "write the net in today's form with \"pad\"")
    }
  }

  private func error(_ index: Int, _ code: CaffeError.Code, _ message: String) -> CaffeError {
    let layer = net.layers[index]
    return CaffeError(code, message, layer: layer.hasLayer ? layer.layer.name : layer.name)
  }
}
