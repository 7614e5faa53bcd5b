import Caffe
import CaffeTestSupport

/// A net so small that its training can be followed by hand: y = w·x with w starting at 1, x and the target fixed, and half
/// the square of the difference as loss.
struct TinyTraining {
  let folder: TemporaryFolder
  let log = RecordedLog()
  let engine: any Engine

  /// The net, with the input's value and the target's.
  static func net(x: Float = 2, target: Float = 4, phase: String = "") -> String {
    """
    name: "tiny"
    layer {
      name: "data" type: "DummyData" top: "x" top: "t" \(phase)
      dummy_data_param {
        shape { dim: 1 dim: 1 }
        data_filler { type: "constant" value: \(x) } data_filler { type: "constant" value: \(target) }
      }
    }
    layer {
      name: "w" type: "InnerProduct" bottom: "x" top: "y" param { lr_mult: 1 }
      inner_product_param { num_output: 1 bias_term: false weight_filler { type: "constant" value: 1 } }
    }
    layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
    """
  }

  init(net: String = net(), engine: any Engine = ReferenceEngine()) throws {
    self.engine = engine
    folder = try TemporaryFolder()
    try folder.write(net, to: "net.prototxt")
  }

  var context: Context {
    var context = Context(
      engine: engine, phase: .train, registry: .standard, random: RandomSource(seed: 1),
      logger: log.logger)
    context.baseFolder = folder.path
    return context
  }

  /// A solver for `net.prototxt` with these fields; the rate is 0.01 and the policy `fixed` unless they say otherwise.
  func solver(_ fields: String, net: String = #"net: "net.prototxt""#) throws -> Solver {
    let rate = fields.contains("base_lr") ? "" : "base_lr: 0.01"
    let policy = fields.contains("lr_policy") ? "" : #"lr_policy: "fixed""#
    let text = "\(net) \(rate) \(policy) snapshot_after_train: false \(fields)"
    let file = try NetReader.parseSolver(text: text)
    return try Solver(file.solver, layerLocations: file.layerLocations, context: context)
  }

  /// The weight after this training.
  static func weight(_ solver: Solver) -> Float { solver.net.learnable[0].blob.data[0] }

  /// The message of the error that making the solver or training throws, with its place and layer; empty without one.
  func message(_ fields: String, net: String = #"net: "net.prototxt""#) -> String {
    do {
      try solver(fields, net: net).solve()
      return ""
    } catch {
      return "\(error)"
    }
  }
}
