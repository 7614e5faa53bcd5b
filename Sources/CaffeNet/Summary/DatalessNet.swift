import CaffeCore
import CaffeProto

/// The net of a prototxt in one state, with inputs in the place of layers that read data.
package struct DatalessNet {
  /// Each layer as it is in the prototxt, by its name.
  package let originals: [String: LayerParameter]
  /// Shapes of data that were taken from the layers' own numbers, `data=64,3,227,227`.
  package let guesses: [String]
  /// What was seen of the data that are there.
  package let sources: [SourceFacts]
  /// The net, in the state that it was asked for.
  package let parameter: NetParameter
  /// Where its layers stand; none where that isn't known of all.
  package let locations: [FileLocation]
  private let context: Context

  /// Picks the layers of the context's phase, and replaces those that read data.
  ///
  /// - Parameters:
  ///   - batch: How many records there are in a batch; by default what the layers say.
  ///   - looksAtData: Whether shapes are taken from data that are there.
  /// - Throws: `CaffeError` of code `flag` where a shape isn't known, of code `graph` where a layer has rules of both kinds.
  package init(
    _ read: NetFile, context: Context, shapes: [InputShape] = [], level: Int? = nil, stages: [String] = [],
    batch: Int? = nil, looksAtData: Bool = false
  ) throws {
    var parameter = read.net
    parameter.state.phase = context.phase
    if let level { parameter.state.level = Int32(clamping: level) }
    parameter.state.stage += stages
    // Layers that aren't part of the net in this state need no shapes.
    let filter = StateFilter(state: parameter.state, logger: context.logger)
    let entries = try filter.apply(
      to: parameter.layer.enumerated().map { index, layer in
        LayerEntry(
          parameter: layer, location: index < read.layerLocations.count ? read.layerLocations[index] : nil)
      })
    parameter.layer = entries.map(\.parameter)
    if let batch { for index in parameter.layer.indices { parameter.layer[index].setRecordsPerBatch(batch) } }
    sources = looksAtData ? parameter.layer.compactMap { SourceFacts($0, context: context) } : []
    let given = Set(shapes.map(\.name))
    let seen = sources.flatMap(\.shapes).filter { !given.contains($0.name) }
    locations = entries.allSatisfy { $0.location != nil } ? entries.compactMap(\.location) : []
    originals = Dictionary(entries.map { ($0.parameter.name, $0.parameter) }) { first, _ in first }
    var replaced = SourceShapes(shapes + seen)
    try replaced.apply(to: &parameter, locations: locations)
    guesses = replaced.guesses
    self.parameter = parameter
    self.context = context
  }

  /// Builds the net.
  ///
  /// - Throws: `CaffeError` with file, line and column, where it can't be built.
  package func build() throws -> Net { try Net(parameter, context: context, locations: locations) }
}
