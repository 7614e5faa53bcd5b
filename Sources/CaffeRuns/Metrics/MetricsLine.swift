import CaffeCore
import Foundation

/// A line of a metrics file: one JSON object. Which fields it has depends on its type.
public struct MetricsLine: Codable, Sendable {
  /// What a line tells.
  public enum Kind: String, Codable, Sendable {
    /// A run begins, or goes on from a snapshot.
    case run
    /// An iteration was displayed.
    case train
    /// A test run was done.
    case test
    /// A snapshot was written.
    case snapshot
    /// The run ended.
    case end
  }

  /// A snapshot.
  public struct Snapshot: Codable, Hashable, Sendable {
    /// The iteration.
    public var iteration: Int
    /// The file of the weights.
    public var model: String
    /// The file to go on from.
    public var state: String
  }

  /// What the line tells.
  public var type: Kind
  /// The iteration; of a `run` line the one that it begins with.
  public var iteration: Int
  /// Seconds since the training began; those of a run that goes on from a snapshot are added.
  public var seconds: Double?
  /// The smoothed loss (`train`), or the mean one (`test`).
  public var loss: Double?
  /// The learning rate.
  public var rate: Double?
  /// Iterations a second since the last line of this type.
  public var iterationsPerSecond: Double?
  /// Images, or records of any other kind, a second.
  public var imagesPerSecond: Double?
  /// The L2 norm of all gradients together, before they are clipped.
  public var gradientNorm: Double?
  /// The number of the test net.
  public var net: Int?
  /// What the outputs gave, by their names; `name[0]`, `name[1]` and so on where one gives several values.
  public var outputs: [String: Double]?
  /// The files of a snapshot.
  public var snapshot: Snapshot?
  /// How the run was started.
  public var settings: RunSettings?
  /// How it ended: `finished`, `interrupted`, `early stop` or `failed`.
  public var outcome: String?

  /// Makes a line without values.
  public init(_ type: Kind, iteration: Int) {
    self.type = type
    self.iteration = iteration
  }

  /// The line, without its end.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // JSON has no such numbers; as text they are read by this reader and by Python's float().
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// A reader of lines.
  static func decoder() -> JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}

extension Float {
  /// The number with the fewest digits that this is as a `Float`: 0.1, where `Double(self)` is 0.10000000149.
  var asWritten: Double { Double("\(self)") ?? Double(self) }
}
