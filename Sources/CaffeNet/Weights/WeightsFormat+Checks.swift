import CaffeCore

extension WeightsFormat {
  /// The largest binary message that readers take: 2 GiB less one byte, and a little for what isn't values.
  private static let binaryLimit = Int(Int32.max) - (1 << 20)

  /// Checks that a binary file of `values` float32 values isn't too large to be read again.
  ///
  /// - Throws: `CaffeError` that names the HDF5 form.
  package static func checkBinary(_ what: String, values: Int) throws {
    let (bytes, overflow) = values.multipliedReportingOverflow(by: MemoryLayout<Float>.size)
    guard overflow || bytes > binaryLimit else { return }
    let size = overflow ? "more than 2 GB" : "\((Float(bytes) * 1e-9).general) GB"
    throw CaffeError(
      .value,
      "\(what) would take \(size), and binary files of 2 GB or more can't be read by anyone; use the HDF5 form: "
        + "snapshot_format: HDF5 in the solver, a name that ends in .h5 elsewhere")
  }
}

extension Net {
  /// Checks that the net's parameters can be written in `format`, before there is anything to lose.
  ///
  /// - Throws: `CaffeError` when there are too many, or when two layers have one name, which HDF5 can't hold.
  package func checkWritable(_ format: WeightsFormat, includingGradients: Bool = false) throws {
    switch format {
    case .binary:
      let values = layers.flatMap(\.blobs).reduce(0) { $0 + $1.count }
      try WeightsFormat.checkBinary("the weights", values: includingGradients ? 2 * values : values)
    case .hdf5:
      var seen: Set<String> = []
      guard let name = layers.first(where: { !seen.insert($0.name).inserted })?.name else { return }
      throw CaffeError(
        .value,
        "two layers are called \"\(name)\", and an HDF5 file holds one layer of a name; rename one of them, or use the binary "
          + "form: snapshot_format: BINARYPROTO", layer: name)
    }
  }
}
