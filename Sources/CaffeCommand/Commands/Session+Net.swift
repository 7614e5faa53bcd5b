import Caffe

extension Session {
  /// Builds the net of the file `model` in the state that `flags` ask for.
  func net(_ model: String, flags: NetFlags, machine: MachineFlags, context: Context) throws -> Net {
    try Net(
      file: model, context: context, level: flags.level, stages: flags.stages,
      unknownFields: machine.unknownFields)
  }

  /// Loads the weights file into `net`, and warns where it doesn't belong to it.
  func load(_ file: String, into net: Net) throws {
    let report = try net.loadWeights(file: file)
    if report.loaded.isEmpty {
      logger.warning("\(file): no layer of this file is in the net; \(report)", at: "net.cpp:752")
    } else if !report.missing.isEmpty {
      logger.warning("\(file): \(report)", at: "net.cpp:752")
    }
  }
}

/// A number as C++ streams print it: six significant digits.
func short(_ value: Float) -> String { generalFormat(Double(value), digits: 6) }

/// A number as C++ streams print it: six significant digits.
func short(_ value: Double) -> String { generalFormat(value, digits: 6) }
