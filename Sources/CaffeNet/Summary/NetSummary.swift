import CaffeCore
import CaffeProto

/// What a net consists of: its layers with the shapes of their tops, their numbers of parameters, and what they cost.
///
/// Made from a prototxt alone: no data are read, and no memory is taken for blobs.
public struct NetSummary: Sendable {
  /// One layer.
  public struct Row: Hashable, Sendable {
    /// The layer's name.
    public let name: String
    /// Its type; a layer in place of a data source has that of the source.
    public let type: String
    /// The name and the shape of each top.
    public let tops: [InputShape]
    /// How many values its own parameters have; those that it shares count where they were made.
    public let parameters: Int
    /// How many of those the solver changes.
    public let trained: Int
    /// Multiplications with their additions in one forward pass, each pair counted once.
    public let multiplyAdds: Int
    /// The memory that its tops take in a forward pass; none for what it writes over its bottoms.
    public let bytes: Int
    /// The names of the blobs that it reads.
    public let bottoms: [String]
  }

  /// The net's name.
  public let name: String
  /// The phase that it is in.
  public let phase: Phase
  /// The layers, without splits.
  public let rows: [Row]
  /// Shapes of data that were taken from the layers' own numbers, `data=64,3,227,227`.
  public let guesses: [String]

  /// The number of values of all parameters.
  public var parameters: Int { rows.reduce(0) { $0 + $1.parameters } }
  /// How many of them the solver changes.
  public var trained: Int { rows.reduce(0) { $0 + $1.trained } }
  /// Multiplications with their additions in one forward pass.
  public var multiplyAdds: Int { rows.reduce(0) { $0 + $1.multiplyAdds } }
  /// The memory of all blobs in a forward pass.
  public var bytes: Int { rows.reduce(0) { $0 + $1.bytes } }

  /// Builds the net of a prototxt, with inputs in the place of layers that read data, and sums it up.
  ///
  /// - Parameters:
  ///   - file: The prototxt; a relative path counts from the context's base folder.
  ///   - context: The registry, the phase and so on.
  ///   - shapes: Shapes of inputs and of what data layers give; what isn't here is taken from crop sizes and the like.
  ///   - level: The level of the net's state; the file's own without.
  ///   - stages: Stages of the net's state, beside the file's own.
  ///   - unknownFields: What to do with a field that the schema doesn't have.
  /// - Throws: `CaffeError` with file, line and column, where the net can't be built or a shape isn't known.
  public init(
    file: String, context: Context, shapes: [InputShape] = [], level: Int? = nil, stages: [String] = [],
    unknownFields: UnknownFieldPolicy = .error
  ) throws {
    let read = try NetReader.readNet(
      file: context.path(file), unknownFields: unknownFields, notes: { context.log($0) })
    try self.init(read, context: context, shapes: shapes, level: level, stages: stages)
  }

  /// The same of a net that has been read.
  ///
  /// - Throws: As the other one.
  public init(
    _ read: NetFile, context: Context, shapes: [InputShape] = [], level: Int? = nil, stages: [String] = []
  ) throws {
    let dataless = try DatalessNet(read, context: context, shapes: shapes, level: level, stages: stages)
    // Nothing is computed, so nets that this machine couldn't hold are summed up, too.
    let net = try Rehearsal().run { try dataless.build() }
    name = net.name
    phase = net.phase
    guesses = dataless.guesses
    let owned = Dictionary(grouping: net.learnable) { ObjectIdentifier($0.layer) }
    rows = net.layers.indices.compactMap { index in
      Row(net, index, dataless.originals, owned[ObjectIdentifier(net.layers[index])] ?? [])
    }
  }
}

extension NetSummary.Row {
  /// Sums up layer `index`; nothing for a split, which no prototxt has.
  fileprivate init?(_ net: Net, _ index: Int, _ originals: [String: LayerParameter], _ own: [Parameter]) {
    let parameter = net.layerParameters[index]
    guard let original = originals[parameter.name] else { return nil }
    name = parameter.name
    type = original.type
    tops = zip(parameter.top, net.tops[index]).map { InputShape(name: $0, shape: $1.shape) }
    let layer = net.layers[index]
    parameters = own.reduce(0) { $0 + $1.blob.count }
    trained = own.reduce(0) { $0 + ($1.rateMultiplier == 0 ? 0 : $1.blob.count) }
    multiplyAdds = layer.operations(bottom: net.bottoms[index], top: net.tops[index]) / 2
    bytes = net.tops[index].reduce(0) { sum, top in
      sum + (net.bottoms[index].contains { $0 === top } ? 0 : top.count * MemoryLayout<Float>.stride)
    }
    bottoms = original.bottom
  }
}
