import CaffeCore
import CaffeProto

/// How the first values of a blob are made: a checked `FillerParameter`.
///
/// | type | values |
/// |---|---|
/// | `constant` | `value`, by default 0 |
/// | `uniform` | evenly from `min`, by default 0, to `max`, by default 1 |
/// | `gaussian` | normal with `mean`, by default 0, and `std`, by default 1; with `sparse` only so many per output aren't 0 |
/// | `xavier` | evenly from −√(3/n) to √(3/n) |
/// | `msra` | normal with mean 0 and deviation √(2/n) |
/// | `positive_unitball` | evenly from 0 to 1, then each output's values divided by their sum |
/// | `bilinear` | a kernel that interpolates, for a Deconvolution that enlarges |
///
/// Here n is `variance_norm`: `FAN_IN` (by default) the values of one output, `FAN_OUT` those of one input, or their `AVERAGE`.
/// Sources: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010
/// (`xavier`); He et al., "Delving deep into rectifiers", 2015 (`msra`).
public struct Filler: Hashable, Sendable {
  /// What the values are made of.
  enum Kind: Hashable, Sendable {
    case constant(Float)
    case uniform(low: Float, high: Float)
    case gaussian(mean: Float, deviation: Float, nonZeroPerOutput: Int?)
    case xavier(Fan)
    case msra(Fan)
    case positiveUnitBall
    case bilinear
  }

  /// What a variance is divided by.
  enum Fan: Hashable, Sendable { case incoming, outgoing, average }

  /// The types there are.
  public static let typeNames = [
    "constant", "uniform", "gaussian", "xavier", "msra", "positive_unitball", "bilinear"
  ]

  let kind: Kind
  private let layer: String

  /// Checks `parameter`, a filler of the layer called `layer`.
  ///
  /// - Throws: `CaffeError` when there is no such type, which lists near names, or a number makes no sense.
  public init(_ parameter: FillerParameter, layer: String) throws {
    self.layer = layer
    kind = try Filler.kind(of: parameter, layer: layer)
  }

  /// Whether it gives the same values every time.
  public var isConstant: Bool {
    if case .constant = kind { return true }
    return false
  }

  private static func kind(of parameter: FillerParameter, layer: String) throws -> Kind {
    func fault(_ message: String) -> CaffeError { CaffeError(.value, message, layer: layer) }
    let type = parameter.type
    if type != "gaussian", parameter.sparse != -1 {
      throw fault("sparse: \(parameter.sparse) in a \"\(type)\" filler; only \"gaussian\" has it: leave it out")
    }
    let fan = fan(parameter.varianceNorm)
    switch type {
    case "constant": return .constant(parameter.value)
    case "uniform":
      guard parameter.min <= parameter.max else {
        throw fault("a uniform filler from min \(parameter.min) to max \(parameter.max); min must not be above max")
      }
      return .uniform(low: parameter.min, high: parameter.max)
    case "gaussian":
      guard parameter.std >= 0 else {
        throw fault("a gaussian filler with std \(parameter.std); it must be 0 or more")
      }
      guard parameter.sparse >= -1 else {
        throw fault("a gaussian filler with sparse: \(parameter.sparse); give a number from 0 on, or leave it out")
      }
      let count = parameter.sparse == -1 ? nil : Int(parameter.sparse)
      return .gaussian(mean: parameter.mean, deviation: parameter.std, nonZeroPerOutput: count)
    case "xavier": return .xavier(fan)
    case "msra": return .msra(fan)
    case "positive_unitball": return .positiveUnitBall
    case "bilinear": return .bilinear
    default:
      let hint = NearNames.hint(for: type, among: typeNames)
      throw CaffeError(
        .field,
        "there is no filler type \"\(type)\""
          + (hint.isEmpty ? "; use one of \(typeNames.joined(separator: ", "))" : hint), layer: layer)
    }
  }

  private static func fan(_ norm: FillerParameter.VarianceNorm) -> Fan {
    switch norm {
    case .fanIn: .incoming
    case .fanOut: .outgoing
    case .average: .average
    }
  }

  func fault(_ message: String) -> CaffeError { CaffeError(.shape, message, layer: layer) }
}
