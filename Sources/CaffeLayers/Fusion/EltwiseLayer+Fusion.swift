import CaffeCore
import CaffeNet

/// A sum into a blob of its own does the work of the rectifier that follows.
extension EltwiseLayer: FusingLayer {
  package func fusible(_ followers: [LayerStep], bottom: [Blob], top: [Blob], trains: Bool) -> Int {
    guard factorsOfSum != nil, !bottom.contains(where: { $0 === top[0] }), let first = followers.first,
      slope(first) != nil
    else { return 0 }
    return 1
  }

  private func slope(_ step: LayerStep) -> Float? { (step.layer as? UnaryLayer)?.rectifyingSlope }

  package func forward(bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]) throws {
    guard let factors = factorsOfSum, let step = followers.first, let slope = slope(step) else { return }
    engine.rectifiedSum(
      inputs.values(of: bottom), coefficients: factors, negativeSlope: slope, output: step.top[0].data,
      count: top[0].count)
  }

  package func backward(
    propagateDown: [Bool], bottom: [Blob], top: [Blob], followedBy followers: [LayerStep]
  ) throws {
    guard let factors = factorsOfSum, let step = followers.first, let slope = slope(step) else { return }
    if propagateDown.allSatisfy({ $0 }) {
      return engine.rectifiedSumBackward(
        output: step.top[0].data, outputGradient: step.top[0].diff, coefficients: factors, negativeSlope: slope,
        inputGradients: inputGradients.gradients(of: bottom), count: top[0].count)
    }
    let wanted = bottom.indices.filter { propagateDown[$0] }
    engine.rectifiedSumBackward(
      output: step.top[0].data, outputGradient: step.top[0].diff, coefficients: wanted.map { factors[$0] },
      negativeSlope: slope, inputGradients: wanted.map { bottom[$0].diff }, count: top[0].count)
  }

  package func forwardAgain(bottom: [Blob], top: [Blob]) throws { try forward(bottom: bottom, top: top) }
}
