import CKernels
import CaffeCore

extension CPUEngine: MapOps {
  /// Computes `output = f(input)` over `count` values.
  public func map(_ function: UnaryFunction, input: Buffer, output: Buffer, count: Int) {
    let form = form(of: [input], output: output, count: count)
    let kernel = function.kernel
    let x = read(input, form)
    let y = write(output, form)
    withUnsafePointer(to: kernel) { kernel in
      workers.split(form.count, bytes: function.bytes) { first, last in
        caffe_map(kernel, x + first, y + first, last - first)
      }
    }
    finish(output, form)
  }

  /// Computes `inputGradient = outputGradient · f′` over `count` values.
  public func mapBackward(
    _ function: UnaryFunction, input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    // What isn't needed isn't converted either: the other buffer stands in for it.
    let needed = function.derivativeNeeds
    let xs = needed == .output ? output : input
    let ys = needed == .input ? input : output
    let form = form(of: [outputGradient, xs, ys], output: inputGradient, count: count)
    let kernel = function.kernel
    let x = read(xs, form)
    let y = read(ys, form)
    let dy = read(outputGradient, form)
    let dx = write(inputGradient, form)
    withUnsafePointer(to: kernel) { kernel in
      workers.split(form.count, bytes: function.bytes) { first, last in
        caffe_map_gradient(kernel, x + first, y + first, dy + first, dx + first, last - first)
      }
    }
    finish(inputGradient, form)
  }
}

extension UnaryFunction {
  /// What the derivative is computed from.
  fileprivate enum Needs { case input, output, both }

  fileprivate var derivativeNeeds: Needs {
    switch self {
    case .relu, .absoluteValue, .power, .logarithm, .bnll, .clip, .threshold: .input
    case .sigmoid, .tanh, .exponential: .output
    case .elu, .swish: .both
    }
  }

  /// What a value costs, in bytes of memory that could be moved meanwhile.
  fileprivate var bytes: Int {
    switch self {
    case .relu, .absoluteValue, .clip, .threshold: 4
    case .sigmoid, .tanh, .exponential, .swish: 16
    case .power, .logarithm, .elu, .bnll: 128
    }
  }

  fileprivate var kernel: caffe_function {
    func make(_ kind: Int, _ a: Float = 0, _ b: Float = 0, _ c: Float = 0) -> caffe_function {
      caffe_function(kind: Int32(kind), a: a, b: b, c: c)
    }
    switch self {
    case .relu(let negativeSlope): return make(CAFFE_RELU, negativeSlope)
    case .sigmoid: return make(CAFFE_SIGMOID)
    case .tanh: return make(CAFFE_TANH)
    case .absoluteValue: return make(CAFFE_ABSOLUTE)
    case .power(let power, let scale, let shift): return make(CAFFE_POWER, power, scale, shift)
    case .exponential(let innerScale, let outerScale): return make(CAFFE_EXPONENTIAL, innerScale, outerScale)
    case .logarithm(let baseScale, let inputScale, let inputShift):
      return make(CAFFE_LOGARITHM, baseScale, inputScale, inputShift)
    case .elu(let alpha): return make(CAFFE_ELU, alpha)
    case .bnll: return make(CAFFE_BNLL)
    case .clip(let minimum, let maximum): return make(CAFFE_CLIP, minimum, maximum)
    case .swish(let beta): return make(CAFFE_SWISH, beta)
    case .threshold(let threshold): return make(CAFFE_THRESHOLD, threshold)
    }
  }
}
