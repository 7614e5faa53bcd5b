import CaffeCore
import CaffeHDF5
import CaffeProto

/// The file formats that weights and solver states have.
public enum WeightsFormat: Sendable {
  /// A binary message: `.caffemodel`.
  case binary
  /// HDF5: `.caffemodel.h5`.
  case hdf5
}

extension Net {
  /// Copies parameters from a weights file to the layers of the same name.
  ///
  /// Binary files of all ages (layers of V0 and V1, float64 values) and HDF5 files are told apart by their content.
  ///
  /// - Parameters:
  ///   - file: The file; a relative path counts from the context's base folder.
  ///   - mismatch: What to do where the shapes differ, or a layer's number of parameters.
  /// - Returns: Which layers got theirs, and which names did not meet.
  /// - Throws: `CaffeError` when the file is missing, damaged or of another kind; or that names layer, parameter and both
  ///   shapes. The net is then as it was, unless the file is damaged in the midst of its values.
  @discardableResult
  public func loadWeights(file: String, mismatch: WeightsMismatchPolicy = .error) throws -> WeightsReport {
    let report = try readWeights(file: file, mismatch: mismatch)
    log(report, of: file)
    return report
  }

  /// Says what came of it: a warning where nothing was for this net, or layers got nothing.
  private func log(_ report: WeightsReport, of file: String) {
    if report.loaded.isEmpty, !learnable.isEmpty {
      let isStrange = report.mismatched.isEmpty && report.miscounted.isEmpty
      let reason = isStrange ? "no layer of this file is in the net" : "no layer of this file fits the net"
      context.logger.warning("\(file): \(reason); \(report)", at: "net.cpp:752")
    } else if !report.missing.isEmpty || !report.mismatched.isEmpty || !report.miscounted.isEmpty {
      context.logger.warning("\(file): \(report.counts)", at: "net.cpp:752")
    } else {
      context.logger.info("\(file): \(report.counts)", at: "net.cpp:752")
    }
    for line in report.table { context.logger.info("  \(line)", at: "net.cpp:752") }
  }

  private func readWeights(file: String, mismatch: WeightsMismatchPolicy) throws -> WeightsReport {
    let path = context.path(file)
    if try WeightsFormat.isHDF5(path) { return try load(hdf5: HDF5File.open(path), mismatch: mismatch) }
    let (weights, unknownFields) = try NetReader.readWeights(file: path) { [context] in context.log($0) }
    guard learnable.isEmpty || weights.layer.contains(where: { !$0.blobs.isEmpty }) else {
      throw CaffeError(
        .corrupt, file: file,
        "there are no parameters in this file's \(weights.layer.count) layers; name a trained model (.caffemodel)")
    }
    var report = try load(weights: weights, file: file, mismatch: mismatch)
    report.unknownFields = unknownFields
    return report
  }

  /// Writes the net's parameters to a weights file: as a whole or, if anything fails, not at all.
  ///
  /// - Parameters:
  ///   - file: The file; a relative path counts from the context's base folder.
  ///   - format: The format; by default HDF5 if the name ends in `.h5`, else binary.
  ///   - includingGradients: Whether gradients go with them.
  /// - Throws: `CaffeError` when the folder isn't writable or the disk is full.
  public func saveWeights(file: String, format: WeightsFormat? = nil, includingGradients: Bool = false) throws {
    let path = context.path(file)
    switch format ?? (file.hasSuffix(".h5") ? .hdf5 : .binary) {
    case .hdf5:
      try HDF5File.write(to: path) { try store(hdf5: $0, includingGradients: includingGradients) }
    case .binary:
      try checkWritable(.binary, includingGradients: includingGradients)
      // Layer by layer, so that the parameters are never in memory twice.
      try BinaryProto.write(file: path) { stream in
        var head = NetParameter()
        head.name = name
        try stream.append(head)
        for index in layers.indices { try stream.append(layerMessage(index, includingGradients), field: 100) }
      }
    }
  }
}

extension WeightsFormat {
  /// Whether the file begins as HDF5 files do.
  package static func isHDF5(_ path: String) throws -> Bool {
    try MappedFile(path).withBytes { $0.starts(with: HDF5File.signature) }
  }
}
