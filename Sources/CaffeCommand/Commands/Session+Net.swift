import Caffe

extension Session {
  /// Builds the net of the file `model` in the state that `flags` ask for.
  func net(_ model: String, flags: NetFlags, machine: MachineFlags, context: Context) throws -> Net {
    let file = try NetReader.readNet(
      file: model, unknownFields: machine.lenient ? .lenient : .error, notes: note)
    var parameter = file.net
    parameter.state.phase = context.phase
    parameter.state.level = Int32(clamping: flags.level)
    parameter.state.stage += flags.stages
    return try Net(parameter, context: context, locations: file.layerLocations)
  }
}

/// A number as C++ streams print it: six significant digits.
func short(_ value: Float) -> String { generalFormat(Double(value), digits: 6) }

/// A number as C++ streams print it: six significant digits.
func short(_ value: Double) -> String { generalFormat(value, digits: 6) }
