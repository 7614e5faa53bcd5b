import CaffeCore
import CaffeProto

/// The layer types that nets can be built of, by name. A value: a program adds its own and passes it on.
public struct LayerRegistry {
  /// Makes a layer where the type's own `init` doesn't suffice.
  public typealias Maker = (LayerParameter, Context) throws -> Layer

  private var types: [String: Layer.Type] = [:]
  private var makers: [String: Maker] = [:]

  /// Makes a registry of these types.
  public init(_ types: [Layer.Type] = []) {
    for type in types { register(type) }
  }

  /// The names, sorted.
  public var names: [String] { types.keys.sorted() }

  /// Adds `type` under its own name, in place of a type of that name.
  public mutating func register(_ type: Layer.Type) {
    types[type.typeName] = type
    makers[type.typeName] = nil
  }

  /// Adds `type` under a name of its own, in place of a type of that name; `make` makes its layers.
  public mutating func register(_ type: Layer.Type, as name: String, make: @escaping Maker) {
    types[name] = type
    makers[name] = make
  }

  /// Adds all of `other`'s types.
  public mutating func merge(_ other: LayerRegistry) {
    for name in other.types.keys { makers[name] = other.makers[name] }
    types.merge(other.types) { _, new in new }
  }

  /// The type called `name`.
  public subscript(name: String) -> Layer.Type? { types[name] }

  /// Makes the layer that `parameter` describes.
  ///
  /// - Throws: `CaffeError` when there is no such type, which lists near names, or the layer refuses the message.
  public func makeLayer(_ parameter: LayerParameter, context: Context) throws -> Layer {
    guard let type = types[parameter.type] else {
      throw (problem(withType: parameter.type) ?? CaffeError(.graph, "there is no such layer type"))
        .inLayer(parameter.name)
    }
    if let make = makers[parameter.type] { return try make(parameter, context) }
    return try type.init(parameter, context: context)
  }

  /// Why there is no type called `name`, with near names; nil if there is one.
  package func problem(withType name: String) -> CaffeError? {
    guard types[name] == nil else { return nil }
    guard !name.isEmpty else { return CaffeError(.graph, "the layer has no type; give one, as in type: \"ReLU\"") }
    let remedy = "register a type of your own under that name or leave the layer out"
    if name == "Python" {
      return CaffeError(
        .unsupported,
        "a layer of type \"Python\" runs in Python: build the net there, by `import caffe`, or give the command --allow-python"
      )
    }
    if let fork = Forks.named(byLayerType: name) {
      return CaffeError(
        .graph, "the layer type \"\(name)\" comes from \(fork), and isn't part of this version; \(remedy)")
    }
    let hint = NearNames.hint(for: name, among: names)
    let known = hint.isEmpty ? "; known types: \(names.joined(separator: ", "))" : hint
    return CaffeError(.graph, "there is no layer type \"\(name)\"\(known)")
  }
}
