import CaffeCore

/// Where values that are no finite numbers began.
extension Net {
  /// The first value that isn't finite in the order in which the net computes: each layer's parameters, then its tops, as the last
  /// forward left them.
  ///
  /// Where layers worked in-place on the blob, they compute once more, to see which of them was the first.
  public func firstNonFiniteValue() throws -> NonFiniteValue? { try withValues(findNonFiniteValue) }

  private func findNonFiniteValue() throws -> NonFiniteValue? {
    for index in layers.indices {
      if let parameter = nonFiniteParameter(ofLayer: index) { return parameter }
      for (position, top) in tops[index].enumerated() {
        guard let place = nonFinite(top.data, top.count) else { continue }
        return try firstWriter(of: top, from: index) ?? topValue(index, position, place)
      }
    }
    return nil
  }

  /// The first gradient that isn't finite in the order in which `backward` computes them.
  public func firstNonFiniteGradient() throws -> NonFiniteValue? { try withGradients(findNonFiniteGradient) }

  private func findNonFiniteGradient() -> NonFiniteValue? {
    for index in layers.indices.reversed() where layerNeedsBackward[index] {
      let layer = layers[index]
      for (parameter, blob) in layer.blobs.enumerated() where layer.propagatesToParameter[parameter] {
        if let place = nonFinite(blob.diff, blob.count) {
          return value(index, .gradientOfParameter(parameter), place, blob.diff)
        }
      }
      for (position, blob) in bottoms[index].enumerated() where bottomNeedsBackward[index][position] {
        if let place = nonFinite(blob.diff, blob.count) {
          return value(index, .gradientOfBottom(layerParameters[index].bottom[position]), place, blob.diff)
        }
      }
    }
    return nil
  }

  /// Whether a gradient of a parameter isn't finite.
  package var hasNonFiniteGradient: Bool { learnable.contains { nonFinite($0.blob.diff, $0.blob.count) != nil } }

  /// The first parameter value that isn't finite.
  package func firstNonFiniteParameter() -> NonFiniteValue? {
    layers.indices.lazy.compactMap { self.nonFiniteParameter(ofLayer: $0) }.first
  }

  private func nonFiniteParameter(ofLayer index: Int) -> NonFiniteValue? {
    for (parameter, blob) in layers[index].blobs.enumerated() {
      if let place = nonFinite(blob.data, blob.count) { return value(index, .parameter(parameter), place, blob.data) }
    }
    return nil
  }

  /// What to say of a test whose loss or outputs aren't finite; nothing when all are.
  package func nonFiniteResult(loss: Float) throws -> String? {
    let output = outputs.first { nonFinite($0.blob.data, $0.blob.count) != nil }
    guard !loss.isFinite || output != nil else { return nil }
    let what = loss.isFinite ? "the output \"\(output?.name ?? "")\" isn't finite" : "the loss is \(loss)"
    let origin = try firstNonFiniteValue().map { "; the first value that isn't is \($0)" } ?? ""
    return what + origin
  }

  // MARK: -

  private func nonFinite(_ buffer: Buffer, _ count: Int) -> Int? {
    context.engine.firstNonFinite(buffer, count: count)
  }

  private func value(
    _ layer: Int, _ place: NonFiniteValue.Place, _ index: Int, _ buffer: Buffer, record: String? = nil
  ) -> NonFiniteValue {
    NonFiniteValue(layer: layers[layer].name, place: place, index: index, value: buffer[index], record: record)
  }

  private func topValue(_ layer: Int, _ position: Int, _ index: Int) -> NonFiniteValue {
    let top = tops[layer][position]
    let perRecord = max(1, top.count / max(1, top.shape.legacyExtent(0)))
    let record = (layers[layer] as? any RecordSource)?.recordName(at: index / perRecord)
    return value(layer, .top(layerParameters[layer].top[position]), index, top.data, record: record)
  }

  /// The first of the layers that write `top` after which it isn't finite; nothing where only one does, or where that can't be
  /// seen any more since the first is a data layer.
  private func firstWriter(of top: Blob, from first: Int) throws -> NonFiniteValue? {
    let writers = layers.indices[first...].filter { tops[$0].contains { $0 === top } }
    guard writers.count > 1, !bottoms[first].isEmpty else { return nil }
    let state = carriedState()
    var found: NonFiniteValue?
    for writer in writers {
      _ = try forward(layer: writer)
      guard found == nil, let position = tops[writer].firstIndex(where: { $0 === top }) else { continue }
      if let place = nonFinite(top.data, top.count) { found = topValue(writer, position, place) }
    }
    try restore(state)
    return found
  }
}
