import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A data layer that has to be waited for, as it says itself.
private final class SlowLayer: Layer, PrefetchingSource {
  override class var typeName: String { "Slow" }
  override class var ports: Ports { Ports(bottoms: 0...0, tops: 2...2) }
  private(set) var timeWaited = Duration.zero

  override func reshape(bottom: [Blob], top: [Blob]) throws {
    for blob in top { blob.reshape(to: [1, 1]) }
  }

  override func forward(bottom: [Blob], top: [Blob]) throws {
    for blob in top { blob.data[0] = 1 }
    let wait = name == "slow" ? 0.03 : 0.0001
    Thread.sleep(forTimeInterval: wait)
    timeWaited += .seconds(wait)
  }
}

struct DataWaitTests {
  private func lines(_ layer: String) throws -> [String] {
    let net = """
      layer { name: "\(layer)" type: "Slow" top: "x" top: "t" }
      layer { name: "w" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 1 } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
      """
    let training = try TinyTraining(net: net)
    var context = training.context
    context.registry.register(SlowLayer.self)
    let file = try NetReader.parseSolver(
      text: """
        net: "net.prototxt" base_lr: 0.01 lr_policy: "fixed" snapshot_after_train: false max_iter: 11 display: 5
        """)
    try Solver(file.solver, layerLocations: file.layerLocations, context: context).solve()
    return training.log.texts(from: "blocking_queue.cpp:49")
  }

  /// Three displays, of which the first has seen one iteration only.
  @Test func aTrainingThatWaitsSaysSoOncePerDisplay() throws {
    let lines = try lines("slow")
    #expect(lines.count == 2)
    #expect(lines.allSatisfy { $0.hasPrefix("Waiting for data: ") && $0.contains("--data-threads") })
  }

  @Test func aFewMillisecondsAreNotWorthALine() throws { #expect(try lines("quick").isEmpty) }
}
