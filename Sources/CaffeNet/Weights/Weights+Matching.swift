import CaffeCore

/// Copies the parameters of a file to the layers of the same name, after all of them have been checked.
struct WeightsLoader {
  let net: Net
  let file: String?
  let policy: WeightsMismatchPolicy
  /// The place in the original that logs a layer which the net doesn't have.
  let ignoredAt: LogSource

  private typealias Copy = (source: StoredBlob, target: Blob, layer: String, index: Int)

  func load(_ stored: [StoredLayer]) throws -> WeightsReport {
    var report = WeightsReport()
    var copies: [Copy] = []
    var met: Set<String> = []
    for source in stored {
      guard let target = net.layer(named: source.name) else {
        net.context.logger.info("Ignoring source layer \(source.name)", at: ignoredAt)
        if !source.blobs.isEmpty { report.extra.append(source.name) }
        continue
      }
      met.insert(source.name)
      if try match(source, target, &report, &copies), !target.blobs.isEmpty { report.loaded.append(source.name) }
    }
    report.missing = net.layers.filter { !$0.blobs.isEmpty && !met.contains($0.name) }.map(\.name)
    for copy in copies {
      try inLayer(copy.layer) { try copy.source.copy(copy.target.data) }
    }
    return report
  }

  private func inLayer(_ layer: String, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as CaffeError {
      throw located(error).inLayer(layer)
    }
  }

  /// Finds out what is to be copied to `target`.
  ///
  /// - Returns: Whether that is all that the layer has.
  private func match(
    _ source: StoredLayer, _ target: Layer, _ report: inout WeightsReport, _ copies: inout [Copy]
  ) throws -> Bool {
    guard hasSameCount(source, target) else {
      let miscount = WeightsReport.Miscount(
        layer: source.name, stored: source.blobs.count, needed: target.blobs.count)
      guard policy == .skip else { throw error(about: miscount) }
      report.miscounted.append(miscount)
      return false
    }
    var isWhole = true
    for (index, blob) in target.blobs.enumerated() {
      guard let stored = source.blobs[index] else { continue }
      guard stored.shape.matches(blob.shape) else {
        let mismatch = WeightsReport.Mismatch(
          layer: source.name, index: index, stored: stored.shape.extents, needed: blob.shape)
        guard policy == .skip else { throw error(about: mismatch) }
        report.mismatched.append(mismatch)
        isWhole = false
        continue
      }
      try inLayer(source.name) { try stored.check(blob.shape.count) }
      copies.append((stored, blob, source.name, index))
    }
    return isWhole
  }

  private func hasSameCount(_ source: StoredLayer, _ target: Layer) -> Bool {
    let needed = target.blobs.indices.filter { !(source.mayOmitShared && isShared($0, of: target)) }
    return needed.allSatisfy { source.blobs[$0] != nil }
      && source.blobs.keys.allSatisfy { target.blobs.indices.contains($0) }
  }

  private func isShared(_ index: Int, of layer: Layer) -> Bool {
    net.parameters.contains { $0.layer === layer && $0.index == index && $0.owner != nil }
  }

  private func error(about miscount: WeightsReport.Miscount) -> CaffeError {
    located(
      CaffeError(
        .shape,
        "has \(miscount.stored) parameters in the file, but \(miscount.needed) in the net; give it the settings that it was "
          + "trained with (such as bias_term), or rename it to train it from scratch", layer: miscount.layer))
  }

  private func error(about mismatch: WeightsReport.Mismatch) -> CaffeError {
    let stored = mismatch.stored.map(String.init).joined(separator: " ")
    return located(
      CaffeError(
        .shape,
        "parameter \(mismatch.index) has the shape [\(stored)] in the file, but [\(mismatch.needed.list)] in the net; "
          + "rename the layer in the prototxt to train it from scratch, or give it the settings of the file",
        layer: mismatch.layer))
  }

  private func located(_ error: CaffeError) -> CaffeError {
    var error = error
    error.location = error.location ?? file.map { FileLocation(file: $0) }
    return error
  }
}
