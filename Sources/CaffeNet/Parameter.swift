import CaffeCore

/// A learned parameter of a net: a layer's blob with what the solver needs to know of it.
public final class Parameter {
  /// The values and gradients.
  public let blob: Blob
  /// The layer that it belongs to.
  public let layer: Layer
  /// Its place among the layer's blobs.
  public let index: Int
  /// The name by which layers share it; empty when the prototxt gives none.
  public let name: String
  /// The factor of the learning rate, `lr_mult`.
  public internal(set) var rateMultiplier: Float
  /// The factor of the weight decay, `decay_mult`.
  public internal(set) var decayMultiplier: Float
  /// The parameter that it shares its values with, unless it is the first of that name.
  public internal(set) var owner: Parameter?
  /// Whether the prototxt gave the factors, so that a sharing layer that gives others is an error.
  var givenRateMultiplier: Float?
  var givenDecayMultiplier: Float?

  init(blob: Blob, layer: Layer, index: Int, name: String, rateMultiplier: Float, decayMultiplier: Float) {
    self.blob = blob
    self.layer = layer
    self.index = index
    self.name = name
    self.rateMultiplier = rateMultiplier
    self.decayMultiplier = decayMultiplier
  }

  /// The name in the log: the given one, or the index.
  public var displayName: String { name.isEmpty ? String(index) : name }
}
