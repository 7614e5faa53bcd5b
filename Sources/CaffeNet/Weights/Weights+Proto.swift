import CaffeCore
import CaffeProto

extension Net {
  /// Copies parameters from a message to the layers of the same name.
  ///
  /// - Parameters:
  ///   - weights: A net in today's form with `blobs` in its layers, as `NetReader.readWeights` gives it.
  ///   - file: The file it is from, for errors.
  ///   - mismatch: What to do where the shapes differ.
  /// - Returns: Which layers got theirs, and which names did not meet.
  /// - Throws: `CaffeError` that names layer, parameter and both shapes; the net is then as it was.
  @discardableResult
  public func load(
    weights: NetParameter, file: String? = nil, mismatch: WeightsMismatchPolicy = .error
  ) throws -> WeightsReport {
    let loader = WeightsLoader(net: self, file: file, policy: mismatch, ignoredAt: "net.cpp:746")
    return try loader.load(
      weights.layer.map { layer in
        let blobs = layer.blobs.enumerated().map { ($0.offset, $0.element.stored(index: $0.offset)) }
        return StoredLayer(name: layer.name, blobs: Dictionary(uniqueKeysWithValues: blobs), mayOmitShared: false)
      })
  }

  /// The net's parameters as a message that `load(weights:)` takes and `.caffemodel` files hold.
  ///
  /// - Parameter includingGradients: Whether gradients go with them, as `snapshot_diff` asks.
  public func weights(includingGradients: Bool = false) -> NetParameter {
    var message = NetParameter()
    message.name = name
    message.layer = layers.indices.map { layerMessage($0, includingGradients) }
    return message
  }

  /// Layer `index` with its parameters.
  func layerMessage(_ index: Int, _ includingGradients: Bool) -> LayerParameter {
    var message = layerParameters[index]
    message.phase = phase
    message.blobs = layers[index].blobs.map { BlobProto($0, includingGradients: includingGradients) }
    return message
  }
}

extension BlobProto {
  /// Makes a message with a blob's shape and values.
  public init(_ blob: Blob, includingGradients: Bool = false) {
    self.init()
    shape.dim = blob.shape.extents.map(Int64.init)
    data = blob.data.values
    if includingGradients { diff = blob.diff.values }
  }

  /// The shape as the file gives it.
  var storedShape: StoredShape {
    hasNum || hasChannels || hasHeight || hasWidth
      ? .legacy([num, channels, height, width].map(Int.init)) : .axes(shape.dim.map { Int($0) })
  }

  func stored(index: Int) -> StoredBlob {
    StoredBlob(
      shape: storedShape,
      check: { needed in
        let count = doubleData.isEmpty ? data.count : doubleData.count
        guard count == needed else {
          throw CaffeError(
            .corrupt,
            "parameter \(index) has \(count) values in the file, but its shape [\(storedShape.list)] needs "
              + "\(needed); get or make the file again")
        }
      },
      copy: { $0.set(doubleData.isEmpty ? data : doubleData.map(Float.init)) })
  }
}

extension StoredShape {
  var list: String { extents.map(String.init).joined(separator: " ") }
}
