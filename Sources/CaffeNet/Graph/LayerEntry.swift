import CaffeCore
import CaffeProto

/// A layer's message with the place in the prototxt that it came from.
struct LayerEntry {
  var parameter: LayerParameter
  var location: FileLocation?

  /// An error about this layer.
  func error(_ code: CaffeError.Code, _ message: String) -> CaffeError {
    CaffeError(code, message, layer: parameter.name, at: location)
  }

  /// Calls `body`; an error that it throws is said to be about this layer.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as CaffeError {
      var named = error.inLayer(parameter.name)
      named.location = named.location ?? location
      throw named
    }
  }
}
