import Caffe

extension Session {
  /// Builds the net of the file `model` in the state that `flags` ask for.
  func net(_ model: String, flags: NetFlags, machine: MachineFlags, context: Context) throws -> Net {
    try Net(
      file: model, context: context, level: flags.level, stages: flags.stages,
      unknownFields: machine.unknownFields)
  }
}

/// A number as C++ streams print it: six significant digits.
func short(_ value: Float) -> String { generalFormat(Double(value), digits: 6) }

/// A number as C++ streams print it: six significant digits.
func short(_ value: Double) -> String { generalFormat(value, digits: 6) }
