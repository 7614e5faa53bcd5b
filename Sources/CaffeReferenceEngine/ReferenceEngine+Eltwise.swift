import CaffeCore

extension ReferenceEngine: EltwiseOps {
  /// Computes `y = alpha · x + beta · y`; `beta` 0 overwrites y whatever it held.
  public func axpby(_ alpha: Float, _ x: Buffer, _ beta: Float, _ y: Buffer, count: Int) {
    let source = x.hostForReading()
    guard beta != 0 else {
      let target = y.hostForWriting(count)
      for i in 0..<count { target[i] = alpha * source[i] }
      return
    }
    let target = y.hostForUpdating()
    for i in 0..<count { target[i] = Float(Double(alpha) * Double(source[i]) + Double(beta) * Double(target[i])) }
  }

  /// Computes `output = a · b`.
  public func multiply(_ a: Buffer, _ b: Buffer, output: Buffer, count: Int) {
    let x = a.hostForReading()
    let y = b.hostForReading()
    let target = output.hostForWriting(count)
    for i in 0..<count { target[i] = x[i] * y[i] }
  }

  /// Computes `output = Σ coefficients[i] · inputs[i]`.
  public func weightedSum(_ inputs: [Buffer], coefficients: [Float], output: Buffer, count: Int) {
    let terms = zip(coefficients.map(Double.init), inputs.map { $0.hostForReading() })
    let target = output.hostForWriting(count)
    for i in 0..<count {
      var sum = 0.0
      for (coefficient, x) in terms { sum += coefficient * Double(x[i]) }
      target[i] = Float(sum)
    }
  }

  /// Computes `output = r(Σ coefficients[i] · inputs[i])`.
  public func rectifiedSum(
    _ inputs: [Buffer], coefficients: [Float], negativeSlope: Float, output: Buffer, count: Int
  ) {
    weightedSum(inputs, coefficients: coefficients, output: output, count: count)
    map(.relu(negativeSlope: negativeSlope), input: output, output: output, count: count)
  }

  /// Computes the gradients of inputs of a rectified sum.
  public func rectifiedSumBackward(
    output: Buffer, outputGradient: Buffer, coefficients: [Float], negativeSlope: Float, inputGradients: [Buffer],
    count: Int
  ) {
    let y = output.hostForReading()
    let dy = outputGradient.values
    for (coefficient, gradient) in zip(coefficients, inputGradients) {
      let dx = gradient.hostForWriting(count)
      for i in 0..<count { dx[i] = coefficient * (y[i] > 0 ? dy[i] : negativeSlope == 0 ? 0 : dy[i] * negativeSlope) }
    }
  }

  /// Computes `output = Π inputs[i]`.
  public func product(_ inputs: [Buffer], output: Buffer, count: Int) {
    let factors = inputs.map { $0.hostForReading() }
    let target = output.hostForWriting(count)
    for i in 0..<count {
      var product = 1.0
      for x in factors { product *= Double(x[i]) }
      target[i] = Float(product)
    }
  }

  /// Computes the gradient of input `index` of a product.
  public func productBackward(
    _ inputs: [Buffer], index: Int, output: Buffer?, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    let factors = inputs.map { $0.hostForReading() }
    let y = output?.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(count)
    for i in 0..<count {
      var others = 1.0
      if let y {
        others = Double(y[i]) / Double(factors[index][i])
      } else {
        for (other, x) in factors.enumerated() where other != index { others *= Double(x[i]) }
      }
      dx[i] = Float(Double(dy[i]) * others)
    }
  }

  /// Computes `output = max inputs[i]` and, in `winners`, the index of the input that it came from.
  public func maximum(_ inputs: [Buffer], output: Buffer, winners: Buffer, count: Int) {
    let candidates = inputs.map { $0.hostForReading() }
    let target = output.hostForWriting(count)
    let indices = winners.hostForWriting(count)
    for i in 0..<count {
      var winner = 0
      var largest = candidates[0][i]
      for (index, x) in candidates.enumerated().dropFirst() {
        // The first two in Caffe's way: the second wins unless the first is greater.
        let wins = index == 1 ? !(largest > x[i]) : x[i] > largest
        if wins { (winner, largest) = (index, x[i]) }
      }
      target[i] = largest
      indices[i] = Float(winner)
    }
  }

  /// Computes the gradient of input `index` of a maximum: `outputGradient` where it won, otherwise 0.
  public func maximumBackward(winners: Buffer, index: Int, outputGradient: Buffer, inputGradient: Buffer, count: Int) {
    let indices = winners.hostForReading()
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForWriting(count)
    for i in 0..<count { dx[i] = indices[i] == Float(index) ? dy[i] : 0 }
  }
}
