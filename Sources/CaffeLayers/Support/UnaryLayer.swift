import CaffeCore
import CaffeNet
import CaffeProto

/// A layer that applies one function to each value; subclasses say which.
package class UnaryLayer: Layer {
  let function: UnaryFunction
  /// What the bottom held before an in-place forward, for functions whose derivative needs it.
  private let input = Buffer()

  package override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }
  package override class var allowsInPlace: Bool { true }

  /// Checks the message and keeps the function it describes.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    function = try Self.function(of: parameter)
    try super.init(parameter, context: context)
  }

  /// The function that the message describes. Errors need not name the layer: the net does.
  class func function(of parameter: LayerParameter) throws -> UnaryFunction {
    throw CaffeError(.unsupported, "a layer of one function that doesn't say which; override function(of:)")
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: bottom[0].shape) }

  package override func forward(bottom: [Blob], top: [Blob]) throws {
    let count = bottom[0].count
    if bottom[0] === top[0], function.derivativeNeedsInput {
      input.resize(to: count)
      engine.copy(bottom[0].data, to: input, count: count)
    }
    engine.map(function, input: bottom[0].data, output: top[0].data, count: count)
  }

  package override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    guard propagateDown[0] else { return }
    let kept = bottom[0] === top[0] && function.derivativeNeedsInput
    engine.mapBackward(
      function, input: kept ? input : bottom[0].data, output: top[0].data, outputGradient: top[0].diff,
      inputGradient: bottom[0].diff, count: bottom[0].count)
  }
}

extension UnaryLayer {
  /// The slope below 0, where the layer is a rectifier whose output tells the input's sign.
  var rectifyingSlope: Float? {
    guard case .relu(let slope) = function, slope >= 0 else { return nil }
    return slope
  }
}

extension UnaryFunction {
  /// Whether the output alone doesn't tell the derivative, so that an in-place layer keeps its input.
  var derivativeNeedsInput: Bool {
    switch self {
    case .relu(let slope): slope < 0
    case .elu(let alpha): alpha < 0
    case .sigmoid, .tanh, .exponential: false
    case .absoluteValue, .power, .logarithm, .bnll, .clip, .swish, .threshold: true
    }
  }
}
