import Caffe

extension Session {
  /// Builds the net of the file `model` in the state that `flags` ask for.
  func net(_ model: String, flags: NetFlags, machine: MachineFlags, context: Context) throws -> Net {
    try Net(
      file: model, context: context, level: flags.level, stages: flags.stages,
      unknownFields: machine.unknownFields)
  }
}
