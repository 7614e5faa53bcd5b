import CCUDA
import CaffeCore

extension CUDAEngine: EltwiseOps {
  /// Computes `y = alpha · x + beta · y`; `beta` 0 overwrites y whatever it held.
  public func axpby(_ alpha: Float, _ x: Buffer, _ beta: Float, _ y: Buffer, count: Int) {
    guard count > 0 else { return }
    let source = read(x)
    let (target, isZero) = beta == 0 ? (write(y, count), true) : accumulate(y, count)
    device.launch(.axpby, .over(count), alpha, source, isZero ? 0 : beta, target, count)
  }

  /// Computes `output = a · b`.
  public func multiply(_ a: Buffer, _ b: Buffer, output: Buffer, count: Int) {
    guard count > 0 else { return }
    let order = order(of: [a, b], to: [output], count: count)
    let (x, y) = (read(a, in: order), read(b, in: order))
    device.launch(.multiply, .over(count), x, y, write(output, count, in: order), count)
  }

  /// Computes `output = input / divisor[0]`; 0 where the divisor is 0.
  public func divide(_ input: Buffer, byScalar divisor: Buffer, output: Buffer, count: Int) {
    guard count > 0 else { return }
    let (x, by) = (read(input), read(divisor))
    device.launch(.divideBy, .over(count), x, by, write(output, count), count)
  }

  /// Computes `output = Σ coefficients[i] · inputs[i]`.
  public func weightedSum(_ inputs: [Buffer], coefficients: [Float], output: Buffer, count: Int) {
    rectifiedSum(inputs, coefficients: coefficients, negativeSlope: 1, output: output, count: count)
  }

  /// Computes `output = r(Σ coefficients[i] · inputs[i])`.
  public func rectifiedSum(
    _ inputs: [Buffer], coefficients: [Float], negativeSlope: Float, output: Buffer, count: Int
  ) {
    guard count > 0 else { return }
    combine(inputs, factors: coefficients, output: output, count: count) { piece, target in
      device.launch(.weightedSum, .fours(count), piece.terms, piece.isLast ? negativeSlope : 1, target, count)
      lastSum =
        negativeSlope == 1 ? device.lastLaunch.map { DeviceSum(launch: $0, target: target, terms: piece.terms) } : nil
    }
  }

  /// Computes the gradients of inputs of a rectified sum.
  public func rectifiedSumBackward(
    output: Buffer, outputGradient: Buffer, coefficients: [Float], negativeSlope: Float, inputGradients: [Buffer],
    count: Int
  ) {
    guard count > 0 else { return }
    let values = self.order(of: [output, outputGradient], to: inputGradients, count: count)
    let (y, dy) = (read(output, in: values), read(outputGradient, in: values))
    // Gradients that are the same are one, as long as nobody changes them.
    let same = inputGradients.indices.dropFirst().filter { index in
      coefficients[index] == coefficients[0] && inputGradients[index].count == count
        && inputGradients[0].count == count
        && isApart(inputGradients[index], [inputGradients[0], outputGradient, output])
    }
    forget(same.map { inputGradients[$0] })
    // The one that takes the place of the output's gradient is written last.
    let all = inputGradients.indices.filter { !same.contains($0) }
    let order =
      all.filter { inputGradients[$0] !== outputGradient } + all.filter { inputGradients[$0] === outputGradient }
    let targets = order.map { write(inputGradients[$0], count, in: values) }
    defer { share(inputGradients[0], with: same.map { inputGradients[$0] }) }
    // What comes back from several sides was just asked to be added up, and is nowhere yet.
    var sum = takeBackSum(at: dy, for: targets, count: count) ?? caffe_gpu_terms()
    for piece in pieces(targets, factors: order.map { coefficients[$0] }) {
      device.launch(.rectifiedSumBackward, .fours(count), sum, y, dy, piece.terms, negativeSlope, count)
      sum.count = 0
    }
  }

  /// Takes back the sum that was asked for last, if it is the one at `address` and what is written in its place leaves its terms alone. Their
  /// memory may have been given away since: a target may begin where a term does, as each thread reads before it writes, but not within it.
  private func takeBackSum(at address: UInt64, for targets: [UInt64], count: Int) -> caffe_gpu_terms? {
    guard let sum = lastSum, sum.target == address else { return nil }
    let bytes = UInt64(count * MemoryLayout<Float>.stride)
    let terms = withUnsafeBytes(of: sum.terms.address) { Array($0.bindMemory(to: UInt64.self)) }
    for term in terms.prefix(Int(sum.terms.count)) {
      guard targets.allSatisfy({ $0 == term || $0 >= term + bytes || term >= $0 + bytes }) else { return nil }
    }
    return device.takeBack(sum.launch) ? sum.terms : nil
  }

  private func isApart(_ buffer: Buffer, _ others: [Buffer]) -> Bool { others.allSatisfy { $0 !== buffer } }

  /// Computes `output = Π inputs[i]`.
  public func product(_ inputs: [Buffer], output: Buffer, count: Int) {
    guard count > 0 else { return }
    combine(inputs, factors: [], output: output, count: count) { piece, target in
      device.launch(.product, .over(count), piece.terms, target, count)
    }
  }

  /// Computes the gradient of input `index` of a product.
  public func productBackward(
    _ inputs: [Buffer], index: Int, output: Buffer?, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    guard count > 0 else { return }
    guard let output else {
      let others = inputs.indices.filter { $0 != index }.map { inputs[$0] }
      return product([outputGradient] + others, output: inputGradient, count: count)
    }
    let (x, y, dy) = (read(inputs[index]), read(output), read(outputGradient))
    device.launch(.productBackward, .over(count), x, y, dy, write(inputGradient, count), count)
  }

  /// Computes `output = max inputs[i]` and, in `winners`, the index of the input that it came from.
  public func maximum(_ inputs: [Buffer], output: Buffer, winners: Buffer, count: Int) {
    guard count > 0 else { return }
    let addresses = inputs.map { read($0) }
    let (target, indices) = (write(output, count), write(winners, count))
    for piece in pieces(addresses) {
      device.launch(.maximum, .over(count), piece.terms, Int32(piece.first), target, indices, count)
    }
  }

  /// Computes the gradient of input `index` of a maximum: `outputGradient` where it won, otherwise 0.
  public func maximumBackward(winners: Buffer, index: Int, outputGradient: Buffer, inputGradient: Buffer, count: Int) {
    guard count > 0 else { return }
    let (indices, dy) = (read(winners), read(outputGradient))
    device.launch(.maximumBackward, .over(count), indices, Float(index), dy, write(inputGradient, count), count)
  }
}

/// A weighted sum that was asked for.
struct DeviceSum {
  /// As what the device has it.
  var launch: CUDADevice.Launch
  /// Where it goes.
  var target: UInt64
  var terms: caffe_gpu_terms
}

extension Kernel {
  fileprivate static let axpby = Kernel("elementwise", "axpby")
  fileprivate static let multiply = Kernel("elementwise", "multiply")
  fileprivate static let divideBy = Kernel("elementwise", "divide_by")
  fileprivate static let weightedSum = Kernel("elementwise", "weighted_sum")
  fileprivate static let rectifiedSumBackward = Kernel("elementwise", "rectified_sum_backward")
  fileprivate static let product = Kernel("elementwise", "product")
  fileprivate static let productBackward = Kernel("elementwise", "product_backward")
  fileprivate static let maximum = Kernel("elementwise", "maximum")
  fileprivate static let maximumBackward = Kernel("elementwise", "maximum_backward")
}
