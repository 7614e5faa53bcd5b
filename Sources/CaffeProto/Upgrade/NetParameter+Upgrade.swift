import CaffeCore

extension NetParameter {
  /// Brings a net of any earlier form (V0 and V1 layers, transform fields of data layers, `input` fields,
  /// rates of
  /// batch norm's statistics) to today's; blobs are kept.
  ///
  /// - Parameters:
  ///   - source: what the notes call the net: its file.
  ///   - unknownFields: what to do with a V0 field that its layer type has no use for.
  ///   - notes: takes what the original logs about it.
  /// - Throws: `CaffeError` where the net cannot be brought to today's form.
  public mutating func upgrade(
    source: String, unknownFields: UnknownFieldPolicy = .error, notes: @escaping NoteHandler = { _ in }
  ) throws {
    var upgrade = NetUpgrade(self, source: source, policy: unknownFields, notes: notes)
    try upgrade.run()
    self = upgrade.net
  }
}

extension SolverParameter {
  /// Replaces the older `solver_type` by `type`, and upgrades the nets that are written in place.
  ///
  /// Throws `CaffeError` if both are given, or a net cannot be upgraded.
  public mutating func upgrade(source: String, notes: @escaping NoteHandler = { _ in }) throws {
    if hasSolverType { try upgradeType(source, notes) }
    if hasNetParam { try netParam.upgrade(source: source, notes: notes) }
    if hasTrainNetParam { try trainNetParam.upgrade(source: source, notes: notes) }
    for index in testNetParam.indices { try testNetParam[index].upgrade(source: source, notes: notes) }
  }

  private mutating func upgradeType(_ source: String, _ notes: NoteHandler) throws {
    notes(
      ReadingNote(
        .info,
        "Attempting to upgrade input file specified using deprecated 'solver_type' field (enum)': \(source)"))
    guard !hasType else {
      throw CaffeError(
        .field, file: source,
        "the solver has both \"type\" and the older \"solver_type\"; remove \"solver_type\"")
    }
    type =
      switch solverType {
      case .sgd: "SGD"
      case .nesterov: "Nesterov"
      case .adagrad: "AdaGrad"
      case .rmsprop: "RMSProp"
      case .adadelta: "AdaDelta"
      case .adam: "Adam"
      }
    clearSolverType()
    notes(
      ReadingNote(
        .info,
        "Successfully upgraded file specified using deprecated 'solver_type' field (enum) to 'type' "
          + "field (string)."
      ))
    notes(
      ReadingNote(
        .warning,
        "Note that future Caffe releases will only support 'type' field (string) for a solver's type."))
  }
}
