import CaffeCore
import CaffeProto

extension Net {
  /// Builds the net of a prototxt, of any age, in the context's phase.
  ///
  /// - Parameters:
  ///   - file: The file; a relative path counts from the context's base folder.
  ///   - context: The engine, phase and so on.
  ///   - level: The level of the net's state; the file's own without.
  ///   - stages: Stages of the net's state, beside the file's own.
  ///   - unknownFields: What to do with a field that the schema doesn't have.
  /// - Throws: `CaffeError` with file, line and column.
  public convenience init(
    file: String, context: Context, level: Int? = nil, stages: [String] = [],
    unknownFields: UnknownFieldPolicy = .error
  ) throws {
    let read = try NetReader.readNet(
      file: context.path(file), unknownFields: unknownFields, notes: { context.log($0) })
    var parameter = read.net
    parameter.state.phase = context.phase
    if let level { parameter.state.level = Int32(clamping: level) }
    parameter.state.stage += stages
    try self.init(parameter, context: context, locations: read.layerLocations)
  }
}
