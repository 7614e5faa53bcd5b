import Caffe
import Testing

/// A layer as a user writes one, with public names only: y = w · x + b with one w and one b for all values.
private final class StraightLineLayer: Layer {
  override class var typeName: String { "StraightLine" }
  override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  override func setUp(bottom: [Blob], top: [Blob]) throws {
    blobs = [Blob([1]), Blob([1])]
  }

  override func reshape(bottom: [Blob], top: [Blob]) throws {
    top[0].reshape(to: bottom[0].shape)
  }

  override func forward(bottom: [Blob], top: [Blob]) throws {
    let (slope, start) = (blobs[0].data[0], blobs[1].data[0])
    try top[0].setData(bottom[0].data.values.map { slope * $0 + start })
  }

  override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    let (values, gradients) = (bottom[0].data.values, top[0].diff.values)
    blobs[0].diff[0] += zip(values, gradients).map { $0 * $1 }.reduce(0, +)
    blobs[1].diff[0] += gradients.reduce(0, +)
    if propagateDown[0] { try bottom[0].setDiff(gradients.map { $0 * blobs[0].data[0] }) }
  }
}

/// Keeps the losses that a training shows.
private final class LossKeeper: SolverObserver {
  var losses: [Float] = []
  func solver(_ solver: Solver, displayed report: TrainingReport) { losses.append(report.loss) }
}

@Suite(.serialized) struct UserLayerTests {
  private static let solver = """
    base_lr: 0.3 lr_policy: "fixed" max_iter: 200 display: 1 snapshot_after_train: false
    train_net_param {
      layer {
        name: "x" type: "DummyData" top: "x"
        dummy_data_param { shape { dim: 32 dim: 1 } data_filler { type: "uniform" min: -1 max: 1 } }
      }
      layer {
        name: "goal" type: "Power" bottom: "x" top: "goal" power_param { scale: 3 shift: 2 }
      }
      layer { name: "line" type: "StraightLine" bottom: "x" top: "y" }
      layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "goal" top: "loss" propagate_down: true propagate_down: false }
    }
    """

  private func context(_ engine: EngineName) throws -> Context {
    var registry = LayerRegistry.standard
    registry.register(StraightLineLayer.self)
    return Context(
      engine: try engine.make(threads: 2), phase: .train, registry: registry, random: RandomSource(seed: 1))
  }

  @Test(arguments: EngineName.usable)
  func aRegisteredLayerIsTrained(engine: EngineName) throws {
    let file = try NetReader.parseSolver(text: UserLayerTests.solver)
    let solver = try Solver(file.solver, layerLocations: file.layerLocations, context: context(engine))
    let keeper = LossKeeper()
    solver.observers.append(keeper)
    try solver.solve()

    let line = try #require(solver.net.layer(named: "line"))
    #expect(abs(line.blobs[0].data[0] - 3) < 0.01)
    #expect(abs(line.blobs[1].data[0] - 2) < 0.01)
    let first = try #require(keeper.losses.first)
    let last = try #require(keeper.losses.last)
    #expect(keeper.losses.count == 200 && last < first / 1000)
  }

  @Test func anUnregisteredTypeIsAnErrorWithItsPlace() throws {
    let file = try NetReader.parseSolver(text: UserLayerTests.solver, fileName: "solver.prototxt")
    do {
      _ = try Solver(file.solver, layerLocations: file.layerLocations, context: Context())
      Issue.record("a net of an unknown type was built")
    } catch let error as CaffeError {
      #expect(error.description.contains("StraightLine"))
      #expect(error.location?.file == "solver.prototxt" && error.location?.line != nil)
    }
  }

  @Test func aCopyOfTheStandardRegistryCanBeExtended() {
    var registry = LayerRegistry.standard
    let before = registry.names
    registry.register(StraightLineLayer.self)
    #expect(registry.names.count == before.count + 1 && registry["StraightLine"] != nil)
    #expect(LayerRegistry.standard["StraightLine"] == nil)
  }
}
