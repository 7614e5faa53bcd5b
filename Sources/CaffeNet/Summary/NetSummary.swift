import CaffeCore
import CaffeProto

/// What a net consists of: its layers with the shapes of their tops and their numbers of parameters.
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
    var parameter = read.net
    parameter.state.phase = context.phase
    if let level { parameter.state.level = Int32(clamping: level) }
    parameter.state.stage += stages
    let state = parameter.state
    // Layers that aren't part of the net in this state need no shapes.
    let filter = StateFilter(state: state, logger: context.logger)
    let entries = try filter.apply(
      to: parameter.layer.enumerated().map { index, layer in
        LayerEntry(
          parameter: layer, location: index < read.layerLocations.count ? read.layerLocations[index] : nil)
      })
    parameter.layer = entries.map(\.parameter)
    let locations = entries.allSatisfy { $0.location != nil } ? entries.compactMap(\.location) : []
    var sources = SourceShapes(shapes)
    try sources.apply(to: &parameter, locations: locations)
    let net = try Net(parameter, context: context, locations: locations)
    let types = Dictionary(entries.map { ($0.parameter.name, $0.parameter.type) }) { first, _ in first }
    name = net.name
    phase = net.phase
    guesses = sources.guesses
    rows = net.layers.indices.compactMap { Row(net, $0, types) }
  }
}

extension NetSummary.Row {
  /// Sums up layer `index`; nothing for a split, which no prototxt has.
  fileprivate init?(_ net: Net, _ index: Int, _ types: [String: String]) {
    let parameter = net.layerParameters[index]
    guard let type = types[parameter.name] else { return nil }
    name = parameter.name
    self.type = type
    tops = zip(parameter.top, net.tops[index]).map { InputShape(name: $0, shape: $1.shape) }
    let layer = net.layers[index]
    parameters = net.learnable.filter { $0.layer === layer }.reduce(0) { $0 + $1.blob.count }
  }
}

extension NetSummary: CustomStringConvertible {
  /// A table, and the sums below it.
  public var description: String {
    var lines = [["Layer", "Type", "Top", "Shape", "Parameters"]]
    for row in rows {
      let first = row.tops.first
      lines.append([
        row.name, row.type, first?.name ?? "", first?.shape.list ?? "", row.parameters > 0 ? "\(row.parameters)" : ""
      ])
      for top in row.tops.dropFirst() { lines.append(["", "", top.name, top.shape.list, ""]) }
    }
    let table = TextTable.lines(lines, right: [4])
    let title = "\(name.isEmpty ? "A net" : name), \(phase == .train ? "TRAIN" : "TEST")"
    var notes = ["Layers: \(rows.count). Parameters: \(parameters)."]
    if !guesses.isEmpty {
      notes.append("Guessed, since no data were read: \(guesses.joined(separator: " ")); --input-shape says otherwise.")
    }
    return ([title] + table + notes).joined(separator: "\n")
  }
}
