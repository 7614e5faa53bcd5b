import CaffeData
import CaffeLayers
import CaffeNet

extension LayerRegistry {
  /// All layer types that come with Caffe. A program adds its own: `var registry = .standard; registry.register(…)`.
  public static var standard: LayerRegistry { LayerRegistry(StandardLayers.types + DataLayers.types) }
}
