import CaffeCore

extension Net {
  /// Makes the layers' parameters those of the layers of the same name in `other`, from now on: a test net follows the
  /// net that is trained.
  ///
  /// - Throws: `CaffeError` when a layer of that name has other parameters.
  public func shareTrainedLayers(with other: Net) throws {
    for source in other.layers where !source.blobs.isEmpty {
      guard let target = layer(named: source.name) else {
        context.logger.info("Ignoring source layer \(source.name)", at: "net.cpp:737")
        continue
      }
      guard target.blobs.count == source.blobs.count else {
        throw CaffeError(
          .shape, "has \(target.blobs.count) parameters, but \(source.blobs.count) in the net that it shares them with",
          layer: target.name)
      }
      for (index, (blob, trained)) in zip(target.blobs, source.blobs).enumerated() {
        guard blob.shape == trained.shape else {
          throw CaffeError(
            .shape,
            "parameter \(index) has the shape \(blob.shape), but \(trained.shape) in the net that it shares it "
              + "with; give both nets the same layer", layer: target.name)
        }
        blob.shareData(with: trained)
      }
    }
  }
}
