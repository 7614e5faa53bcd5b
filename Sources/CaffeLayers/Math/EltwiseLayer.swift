import CaffeCore
import CaffeNet
import CaffeProto

/// Several blobs made one, value by value: their weighted sum, their product or the largest.
///
/// SUM: y = Σ coeffᵢ · xᵢ. PROD: y = Π xᵢ. MAX: y = max xᵢ.
///
/// Two bottoms or more, all of one shape; one top of that shape. SUM and MAX may write the top over the first bottom.
///
/// `eltwise_param`:
/// - `operation` (SUM): SUM, PROD or MAX.
/// - `coeff` (1 for each): one factor for each bottom, for SUM.
/// - `stable_prod_grad` (true): compute PROD's gradient from the other factors; when false, as y / xᵢ, which is
///   faster for many bottoms and fails where xᵢ is 0.
///
/// Gradient: SUM: dxᵢ = coeffᵢ · dy. PROD: dxᵢ = dy · Π_{j≠i} xⱼ. MAX: dy for the bottom that the value came from, 0 for others.
///
/// Errors: shapes that differ; a number of `coeff` other than that of bottoms; `coeff` with PROD; the gradient of an in-place
/// PROD.
///
/// Source: Caffe's Eltwise.
///
/// ```
/// layer {
///   name: "sum"
///   type: "Eltwise"
///   bottom: "a"
///   bottom: "b"
///   top: "y"
///   eltwise_param { operation: SUM coeff: 1 coeff: -1 }
/// }
/// ```
package final class EltwiseLayer: Layer {
  private enum Operation {
    case product(stable: Bool)
    case sum([Float])
    case maximum
  }

  package override class var typeName: String { "Eltwise" }
  package override class var ports: Ports { Ports(bottoms: 2...Int.max, tops: 1...1) }
  package override class var reshapesByShapesAlone: Bool { true }
  package override class var allowsInPlace: Bool { true }

  private let operation: Operation
  private let winners = Buffer()
  var inputs = BufferList()
  var inputGradients = BufferList()

  /// Checks `eltwise_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    operation = try EltwiseLayer.operation(parameter)
    try super.init(parameter, context: context)
  }

  private static func operation(_ parameter: LayerParameter) throws -> Operation {
    let message = parameter.eltwiseParam
    let bottoms = parameter.bottom.count
    if !message.coeff.isEmpty {
      guard message.operation != .prod else {
        throw CaffeError(
          .field, "eltwise_param has coeff with the operation PROD; only SUM takes factors: leave them out",
          layer: parameter.name)
      }
      guard message.coeff.count == bottoms else {
        throw CaffeError(
          .field, "eltwise_param has \(message.coeff.count) coeff for \(bottoms) bottoms; give one for each bottom",
          layer: parameter.name)
      }
    }
    switch message.operation {
    case .prod: return .product(stable: message.stableProdGrad)
    case .sum: return .sum(message.coeff.isEmpty ? Array(repeating: 1, count: bottoms) : message.coeff)
    case .max: return .maximum
    }
  }

  /// The bottoms' factors where the top is their sum.
  var factorsOfSum: [Float]? {
    if case .sum(let factors) = operation { factors } else { nil }
  }

  /// Whether the top is the plain sum of two bottoms.
  var isPlainSum: Bool {
    factorsOfSum == [1, 1]
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkSameShapes(bottom)
    top[0].reshape(to: bottom[0].shape)
    if case .maximum = operation { winners.resize(to: top[0].count) }
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let inputs = inputs.values(of: bottom)
    let count = top[0].count
    switch operation {
    case .product: engine.product(inputs, output: top[0].data, count: count)
    case .sum(let factors):
      engine.weightedSum(inputs, coefficients: factors, output: top[0].data, count: count)
    case .maximum: engine.maximum(inputs, output: top[0].data, winners: winners, count: count)
    }
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    // The first bottom comes last: in-place, its gradient takes the place of the top's.
    for index in bottom.indices.reversed() where propagateDown[index] {
      try backward(top[0], bottom, index)
    }
  }

  private func backward(_ top: Blob, _ bottom: [Blob], _ index: Int) throws {
    let target = bottom[index].diff
    switch operation {
    case .sum(let factors):
      if target === top.diff, factors[index] == 1 { return }
      engine.axpby(factors[index], top.diff, 0, target, count: top.count)
    case .maximum:
      engine.maximumBackward(
        winners: winners, index: index, outputGradient: top.diff, inputGradient: target, count: top.count)
    case .product(let stable):
      guard top !== bottom[0] else {
        throw noGradient("an Eltwise PROD that writes over its first bottom has no gradient: give the top its own name")
      }
      engine.productBackward(
        bottom.map(\.data), index: index, output: stable ? nil : top.data, outputGradient: top.diff,
        inputGradient: target, count: top.count)
    }
  }
}
