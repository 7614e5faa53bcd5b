import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Every prototxt of `examples/` and `models/`.
@Suite(.serialized) struct ExampleNetsTests {
  @Test func nothingIsOverlooked() {
    #expect(Project.nets.count >= 20 && Project.solvers.count >= 20)
  }

  @Test(arguments: Project.nets)
  func everyNetIsBuiltInBothPhases(_ file: String) throws {
    let net = try Project.netWithoutData(file)
    for phase in [Phase.train, .test] {
      var net = net
      net.state.phase = phase
      // The autoencoder tests on the set that the stage names.
      if file.hasSuffix("mnist_autoencoder.prototxt"), phase == .test { net.state.stage = ["test-on-test"] }
      let built = try Net(net, context: Project.context(phase))
      #expect(!built.learnable.isEmpty && !built.outputs.isEmpty)
      let isDeployed = !built.inputs.isEmpty
      #expect(isDeployed || built.outputLossWeights.contains { $0 > 0 })
    }
  }

  @Test(arguments: Project.solvers)
  func everySolverIsBuilt(_ file: String) throws {
    var solver = try NetReader.readSolver(file: "\(Project.root)/\(file)").solver
    #expect(solver.hasNet && solver.maxIter > 0 && solver.testInterval > 0)
    #expect(FileManager.default.fileExists(atPath: "\(Project.root)/\(solver.net)"), "\(solver.net)")
    #expect(solver.snapshotPrefix.hasPrefix((file as NSString).deletingLastPathComponent + "/"))
    solver.netParam = try Project.netWithoutData(solver.net)
    solver.clearNet()
    let built = try Solver(solver, context: Project.context(.train))
    #expect(built.testNets.count == solver.testIter.count)
    #expect(built.ratePolicy.rate(base: solver.baseLr, iteration: 0) > 0)
  }

  @Test(arguments: [
    ("bvlc_reference_caffenet", 60_965_224), ("bvlc_alexnet", 60_965_224), ("bvlc_googlenet", 6_998_552),
    ("resnet50", 25_557_032), ("mobilenet", 4_231_976)
  ])
  func modelsHaveTheNumberOfParametersOfTheirPapers(_ model: String, _ expected: Int) throws {
    let deployed = try Net(Project.netWithoutData("models/\(model)/deploy.prototxt"), context: Project.context(.test))
    // What normalizations remember isn't learned.
    let learned = deployed.learnable.filter { !($0.layer is BatchNormLayer) }
    #expect(learned.reduce(0) { $0 + $1.blob.count } == expected)
    #expect(deployed.outputs.map(\.name) == ["prob"])
    #expect(deployed.outputs[0].blob.shape == [2, 1000])
  }

  @Test(arguments: [
    ("examples/cifar10/cifar10_quick_train_test", "examples/cifar10/cifar10_quick"),
    ("examples/cifar10/cifar10_full_train_test", "examples/cifar10/cifar10_full"),
    ("examples/siamese/mnist_siamese_train_test", "examples/siamese/mnist_siamese"),
    ("examples/mnist/lenet_train_test", "examples/mnist/lenet"),
    ("models/bvlc_reference_caffenet/train_val", "models/bvlc_reference_caffenet/deploy"),
    ("models/bvlc_alexnet/train_val", "models/bvlc_alexnet/deploy"),
    ("models/bvlc_googlenet/train_val", "models/bvlc_googlenet/deploy"),
    ("models/resnet50/train_val", "models/resnet50/deploy"), ("models/mobilenet/train_val", "models/mobilenet/deploy")
  ])
  func whatIsTrainedFitsWhatIsDeployed(_ trained: String, _ deployed: String) throws {
    let train = try Net(Project.netWithoutData("\(trained).prototxt"), context: Project.context(.train))
    let deploy = try Net(Project.netWithoutData("\(deployed).prototxt"), context: Project.context(.test))
    for parameter in deploy.learnable {
      let other = try #require(train.layer(named: parameter.layer.name), "\(parameter.layer.name)")
      #expect(other.blobs[parameter.index].shape == parameter.blob.shape, "\(parameter.layer.name)")
    }
  }
}
