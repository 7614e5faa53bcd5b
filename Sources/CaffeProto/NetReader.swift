import CaffeCore

/// A net as read from a prototxt, in today's form, with the places of its layers.
public struct NetFile: Sendable {
  /// The net.
  public var net: NetParameter
  /// Where each of `net.layer` starts; the first `input` field for an Input layer made from such fields.
  public var layerLocations: [FileLocation]

  /// Makes one of a net in today's form.
  public init(net: NetParameter, layerLocations: [FileLocation] = []) {
    self.net = net
    self.layerLocations = layerLocations
  }
}

/// A solver as read from a prototxt, in today's form.
public struct SolverFile: Sendable {
  /// The solver.
  public var solver: SolverParameter
  /// Where the layers of nets written in place start, by field: `net_param`, `train_net_param`,
  /// `test_net_param[0]` ….
  public var layerLocations: [String: [FileLocation]]
}

/// Reads nets, solvers and weights of every age and brings them to today's form.
public enum NetReader {
  /// Reads a net's prototxt.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - unknownFields: what to do with a field that the schema does not have.
  ///   - notes: takes warnings, and what the original logs about upgrades.
  /// - Throws: `CaffeError` with file, line and column.
  public static func readNet(
    file path: String, unknownFields: UnknownFieldPolicy = .error, notes: @escaping NoteHandler = { _ in }
  ) throws -> NetFile {
    try net(bytes: Prototxt.textBytes(of: path), path, unknownFields, notes)
  }

  /// Reads a net from text; `fileName` is what errors call it. See `readNet`.
  public static func parseNet(
    text: String, fileName: String = "<text>", unknownFields: UnknownFieldPolicy = .error,
    notes: @escaping NoteHandler = { _ in }
  ) throws -> NetFile {
    try net(bytes: Array(text.utf8), fileName, unknownFields, notes)
  }

  /// Reads a solver's prototxt and, as the original does, completes `snapshot_prefix`: where it is
  /// missing it is
  /// the file's path without its ending, where it is a folder the file's name in that folder. See `readNet`.
  public static func readSolver(
    file path: String, unknownFields: UnknownFieldPolicy = .error, notes: @escaping NoteHandler = { _ in }
  ) throws -> SolverFile {
    var file = try solver(bytes: Prototxt.textBytes(of: path), path, unknownFields, notes)
    completeSnapshotPrefix(&file.solver, path, notes)
    return file
  }

  /// Reads a solver from text, without touching `snapshot_prefix`. See `readSolver`.
  public static func parseSolver(
    text: String, fileName: String = "<text>", unknownFields: UnknownFieldPolicy = .error,
    notes: @escaping NoteHandler = { _ in }
  ) throws -> SolverFile {
    try solver(bytes: Array(text.utf8), fileName, unknownFields, notes)
  }

  /// Reads a binary weights file, upgraded to today's form with its blobs, and counts the fields it skipped.
  public static func readWeights(
    file path: String, notes: @escaping NoteHandler = { _ in }
  ) throws -> (net: NetParameter, unknownFields: Int) {
    var (net, unknownFields) = try BinaryProto.read(NetParameter.self, file: path)
    do {
      try net.upgrade(source: path, unknownFields: .lenient, notes: notes)
    } catch let error as CaffeError {
      throw placed(error, path)
    }
    return (net, unknownFields)
  }

  // MARK: - Parts

  private static func net(
    bytes: [UInt8], _ path: String, _ policy: UnknownFieldPolicy, _ notes: @escaping NoteHandler
  ) throws -> NetFile {
    let document = try Prototxt.document(
      NetParameter.self, bytes: bytes, fileName: path, unknownFields: policy, notes: notes)
    return try upgraded(document.message, path, document.layers[""] ?? [], document.inputs[""], policy, notes)
  }

  static func upgraded(
    _ net: NetParameter, _ path: String, _ layers: [FileLocation], _ input: FileLocation?,
    _ policy: UnknownFieldPolicy, _ notes: @escaping NoteHandler
  ) throws -> NetFile {
    var upgrade = NetUpgrade(net, source: path, policy: policy, notes: notes)
    do {
      try upgrade.run()
    } catch let error as CaffeError {
      throw placed(error, path, net, layers)
    }
    let file = FileLocation(file: path)
    let locations = upgrade.origins.map { origin in
      origin.map { $0 < layers.count ? layers[$0] : file } ?? input ?? file
    }
    return NetFile(net: upgrade.net, layerLocations: locations)
  }

  private static func solver(
    bytes: [UInt8], _ path: String, _ policy: UnknownFieldPolicy, _ notes: @escaping NoteHandler
  ) throws -> SolverFile {
    let document = try Prototxt.document(
      SolverParameter.self, bytes: bytes, fileName: path, unknownFields: policy, notes: notes)
    return try upgraded(document, path, policy, notes)
  }

  static func upgraded(
    _ document: Prototxt.Document<SolverParameter>, _ path: String, _ policy: UnknownFieldPolicy,
    _ notes: @escaping NoteHandler
  ) throws -> SolverFile {
    var solver = document.message
    var locations: [String: [FileLocation]] = [:]
    func upgrade(_ field: String, _ net: NetParameter) throws -> NetParameter {
      let file = try upgraded(net, path, document.layers[field] ?? [], document.inputs[field], policy, notes)
      locations[field] = file.layerLocations
      return file.net
    }
    if solver.hasNetParam { solver.netParam = try upgrade("net_param", solver.netParam) }
    if solver.hasTrainNetParam { solver.trainNetParam = try upgrade("train_net_param", solver.trainNetParam) }
    for index in solver.testNetParam.indices {
      solver.testNetParam[index] = try upgrade("test_net_param[\(index)]", solver.testNetParam[index])
    }
    try solver.upgrade(source: path, notes: notes)
    return SolverFile(solver: solver, layerLocations: locations)
  }

  /// Gives an error of the upgrade the place of the layer that it names, else the file.
  private static func placed(
    _ error: CaffeError, _ path: String, _ net: NetParameter = NetParameter(), _ layers: [FileLocation] = []
  ) -> CaffeError {
    var error = error
    guard error.location == nil else { return error }
    let index = net.layers.firstIndex { ($0.hasLayer ? $0.layer.name : $0.name) == error.layer }
    error.location = index.flatMap { $0 < layers.count ? layers[$0] : nil } ?? FileLocation(file: path)
    return error
  }

  private static func completeSnapshotPrefix(
    _ solver: inout SolverParameter, _ path: String, _ notes: NoteHandler
  ) {
    let name = SystemCalls.name(of: path)
    let stem = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : String(name[..<$0]) } ?? name
    if !solver.hasSnapshotPrefix {
      solver.snapshotPrefix = String(path.dropLast(name.count)) + stem
      notes(ReadingNote(.info, "snapshot_prefix was not specified and is set to \(solver.snapshotPrefix)"))
    } else if SystemCalls.kind(of: solver.snapshotPrefix) == .folder {
      let separator = solver.snapshotPrefix.hasSuffix("/") ? "" : "/"
      solver.snapshotPrefix += separator + stem
      notes(ReadingNote(.info, "snapshot_prefix was a directory and is replaced to \(solver.snapshotPrefix)"))
    }
  }
}
