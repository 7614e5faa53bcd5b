import CaffeCore
import CaffeNet
import CaffeProto

/// Many values made one: y = coeff · Σ f(x) over the axes from `axis` on.
///
/// SUM: f(x) = x. ASUM: |x|. SUMSQ: x². MEAN: x divided by the number of values.
///
/// Bottom: `d₀ × … × d_axis × …`; top: the axes before `axis`, a scalar where that is 0.
///
/// `reduction_param`:
/// - `operation` (SUM): SUM, ASUM, SUMSQ or MEAN.
/// - `axis` (0): the first axis that is taken together; negative ones count from the end.
/// - `coeff` (1): the factor.
///
/// Gradient: dx = coeff · dy · f′(x); for ASUM f′ is the sign, 0 at 0.
///
/// Errors: no such axis.
///
/// Source: Caffe's Reduction.
///
/// ```
/// layer {
///   name: "sum"
///   type: "Reduction"
///   bottom: "x"
///   top: "y"
///   reduction_param { operation: SUMSQ axis: 1 }
/// }
/// ```
package final class ReductionLayer: Layer {
  package override class var typeName: String { "Reduction" }
  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  private let axis: Int
  private var geometry: RowReductionSpec

  /// Keeps `reduction_param`.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.reductionParam
    axis = Int(message.axis)
    let operation: RowReductionSpec.Operation =
      switch message.operation {
      case .sum: .sum
      case .asum: .absoluteSum
      case .sumsq: .sumOfSquares
      case .mean: .mean
      }
    geometry = RowReductionSpec(operation, rows: 0, columns: 0, coefficient: message.coeff)
    try super.init(parameter, context: context)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    let shape = bottom[0].shape
    let axis = try shape.canonicalAxis(self.axis)
    geometry.rows = shape.count(from: 0, to: axis)
    geometry.columns = shape.count(from: axis)
    top[0].reshape(to: Shape(Array(shape.extents[..<axis])))
  }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.reduceRows(geometry, input: bottom[0].data, output: top[0].data)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    engine.reduceRowsBackward(
      geometry, input: bottom[0].data, outputGradient: top[0].diff, inputGradient: bottom[0].diff)
  }
}
