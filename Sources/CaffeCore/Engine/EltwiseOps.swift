/// Functions of several buffers, value by value.
public protocol EltwiseOps {
  /// Computes `y = alpha · x + beta · y`; `beta` 0 overwrites y whatever it held.
  func axpby(_ alpha: Float, _ x: Buffer, _ beta: Float, _ y: Buffer, count: Int)

  /// Computes `output = a · b`.
  func multiply(_ a: Buffer, _ b: Buffer, output: Buffer, count: Int)

  /// Computes `output = Σ coefficients[i] · inputs[i]`.
  func weightedSum(_ inputs: [Buffer], coefficients: [Float], output: Buffer, count: Int)

  /// Computes `output = r(Σ coefficients[i] · inputs[i])`; r multiplies what is below 0 with the slope, which is at least 0.
  func rectifiedSum(_ inputs: [Buffer], coefficients: [Float], negativeSlope: Float, output: Buffer, count: Int)

  /// Computes the gradients of inputs of a rectified sum: `inputGradients[i] = coefficients[i] · outputGradient`, times the slope where
  /// the output isn't above 0. One of them may be `outputGradient`.
  func rectifiedSumBackward(
    output: Buffer, outputGradient: Buffer, coefficients: [Float], negativeSlope: Float, inputGradients: [Buffer],
    count: Int)

  /// Computes `output = Π inputs[i]`.
  func product(_ inputs: [Buffer], output: Buffer, count: Int)

  /// Computes the gradient of input `index` of a product.
  ///
  /// With `output` it is `outputGradient · output / inputs[index]`, as Caffe computes it unless told to be stable; without,
  /// `outputGradient` times the product of the other inputs.
  func productBackward(
    _ inputs: [Buffer], index: Int, output: Buffer?, outputGradient: Buffer, inputGradient: Buffer, count: Int)

  /// Computes `output = max inputs[i]` and, in `winners`, the index of the input that it came from (of equals, the first
  /// two are told apart as Caffe does: the second wins; a later one must be greater).
  func maximum(_ inputs: [Buffer], output: Buffer, winners: Buffer, count: Int)

  /// Computes the gradient of input `index` of a maximum: `outputGradient` where it won, otherwise 0.
  func maximumBackward(winners: Buffer, index: Int, outputGradient: Buffer, inputGradient: Buffer, count: Int)
}
