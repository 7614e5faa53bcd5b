import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Softmax losses that sit at 87.3365 or at ln K, and healthy ones that only pass by.
struct StuckLossTests {
  /// The values found in a series of losses, with the iterations at which they were.
  private func found(classes: Int, _ losses: [Double]) -> [Int: StuckLoss.Value] {
    var series = StuckLoss(classes: classes)
    var found: [Int: StuckLoss.Value] = [:]
    for (iteration, loss) in losses.enumerated() { found[iteration] = series.add(loss) }
    return found
  }

  @Test func impossibleLabelsAreFoundAfterTwentyIterations() {
    #expect(found(classes: 10, [2.3, 40] + Array(repeating: 87.33655, count: 60)) == [21: .saturated])
    let interrupted = (0..<100).map { $0 % 15 == 14 ? 80.0 : 87.33655 }
    #expect(found(classes: 10, interrupted).isEmpty)
  }

  @Test(arguments: [(2, 499), (10, 499), (250, 499), (1000, 1999)])
  func equalProbabilitiesAreFound(classes: Int, iteration: Int) {
    var random = RandomStream(seed: 1)
    let losses = (0..<3000).map { _ in log(Double(classes)) + Double(random.nextGaussian()) * 0.01 }
    #expect(found(classes: classes, losses) == [iteration: .chance])
  }

  @Test func aSlowStartIsHealthy() {
    var random = RandomStream(seed: 2)
    // Two thousand iterations around ln 1000 that do get lower.
    let losses = (0..<6000).map { 6.9078 * exp(-Double($0) / 50_000) + Double(random.nextGaussian()) * 0.05 }
    #expect(found(classes: 1000, losses).isEmpty)
  }

  @Test func aLossThatLeavesIsHealthy() {
    #expect(found(classes: 10, (0..<2000).map { $0 < 400 ? 2.3026 : 1.5 }).isEmpty)
    #expect(found(classes: 10, (0..<2000).map { _ in 2.25 }).isEmpty)
    #expect(found(classes: 1, Array(repeating: 0, count: 2000)).isEmpty)
  }

  /// Scores of three classes, from weights that are never changed.
  private func train(weight: Float, loss: String, iterations: Int) throws -> [String] {
    let training = try TinyTraining(
      net: """
        layer {
          name: "data" type: "DummyData" top: "x" top: "t"
          dummy_data_param {
            shape { dim: 4 dim: 1 dim: 1 dim: 2 } shape { dim: 4 dim: 1 dim: 1 dim: 2 }
            data_filler { type: "constant" value: 1 } data_filler { type: "constant" value: 2 }
          }
        }
        layer {
          name: "w" type: "Convolution" bottom: "x" top: "y" param { lr_mult: 0 } param { lr_mult: 0 }
          convolution_param { num_output: 3 kernel_size: 1 }
        }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "y" bottom: "t" top: "loss" \(loss) }
        """)
    let solver = try training.solver("base_lr: 0.01 max_iter: \(iterations)")
    let bias = try #require(solver.net.layer(named: "w")?.blobs[1])
    try bias.setData([weight, 0, 0])
    try solver.solve()
    return training.log.warnings
  }

  @Test(arguments: ["", "loss_param { normalization: NONE }", "loss_param { normalize: false }"])
  func aTrainingThatSaysNothingIsWarnedOnce(loss: String) throws {
    let chance = try train(weight: 0, loss: loss, iterations: 1100)
    #expect(chance.count == 1)
    #expect(
      chance.first?.contains(#"the loss of layer "loss" has stayed at 1.09861 = ln 3 for 500 iterations"#) == true)
    let saturated = try train(weight: 1000, loss: loss, iterations: 60)
    #expect(saturated.count == 1)
    #expect(saturated.first?.contains(#"the loss of layer "loss" has been 87.3365 for 20 iterations"#) == true)
  }
}
