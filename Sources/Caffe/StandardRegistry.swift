import CaffeData
import CaffeLayers
import CaffeNet

extension LayerRegistry {
  /// All layer types that come with Caffe. A program adds its own: `var registry = .standard; registry.register(…)`.
  public static var standard: LayerRegistry { LayerRegistry(StandardLayers.types + dataLayers) }

  /// Those that read files.
  private static var dataLayers: [Layer.Type] { [DataLayer.self, HDF5DataLayer.self] }
}
