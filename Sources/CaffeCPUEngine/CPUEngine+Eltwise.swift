import CKernels
import CaffeCore

extension CPUEngine: EltwiseOps {
  /// Computes `y = alpha · x + beta · y`; `beta` 0 overwrites y whatever it held.
  public func axpby(_ alpha: Float, _ x: Buffer, _ beta: Float, _ y: Buffer, count: Int) {
    let form = form(of: x, beta == 0 ? nil : y, output: y, count: count)
    let source = read(x, form)
    if beta != 0 { _ = read(y, form) }
    let target = write(y, form)
    workers.split(form.count) { first, last in
      caffe_axpby(alpha, source + first, beta, target + first, last - first)
    }
    finish(y, form)
  }

  /// Computes `output = a · b`.
  public func multiply(_ a: Buffer, _ b: Buffer, output: Buffer, count: Int) {
    let form = form(of: [a, b], output: output, count: count)
    let left = read(a, form)
    let right = read(b, form)
    let target = write(output, form)
    workers.split(form.count) { first, last in
      caffe_multiply(left + first, right + first, target + first, last - first)
    }
    finish(output, form)
  }

  /// Computes `output = Σ coefficients[i] · inputs[i]`.
  public func weightedSum(_ inputs: [Buffer], coefficients: [Float], output: Buffer, count: Int) {
    overAll(inputs, also: nil, output: output, count: count) { x, _, y, count in
      caffe_weighted_sum(x, coefficients, Int32(inputs.count), y, count)
    }
  }

  /// Computes `output = r(Σ coefficients[i] · inputs[i])`.
  public func rectifiedSum(
    _ inputs: [Buffer], coefficients: [Float], negativeSlope: Float, output: Buffer, count: Int
  ) {
    overAll(inputs, also: nil, output: output, count: count) { x, _, y, count in
      caffe_rectified_sum(x, coefficients, Int32(inputs.count), negativeSlope, y, count)
    }
  }

  /// Computes the gradients of inputs of a rectified sum.
  public func rectifiedSumBackward(
    output: Buffer, outputGradient: Buffer, coefficients: [Float], negativeSlope: Float, inputGradients: [Buffer],
    count: Int
  ) {
    let plain = inputGradients.contains { $0.count != count }
    let form = plain ? .plain(count) : form(of: [output, outputGradient], output: outputGradient, count: count)
    let y = read(output, form)
    let dy = read(outputGradient, form)
    withScratch(UnsafeMutablePointer<Float>?.self, inputGradients.count) { targets in
      for index in inputGradients.indices { targets[index] = write(inputGradients[index], form) }
      workers.split(form.count, bytes: 8) { first, last in
        withScratch(UnsafeMutablePointer<Float>?.self, inputGradients.count) { moved in
          for index in inputGradients.indices { moved[index] = targets[index].map { $0 + first } }
          caffe_rectified_sum_gradient(
            y + first, dy + first, coefficients, Int32(inputGradients.count), negativeSlope, moved, last - first)
        }
      }
    }
    for gradient in inputGradients { finish(gradient, form) }
  }

  /// Computes `output = Π inputs[i]`.
  public func product(_ inputs: [Buffer], output: Buffer, count: Int) {
    overAll(inputs, also: nil, output: output, count: count) { x, _, y, count in
      caffe_product(x, Int32(inputs.count), -1, nil, y, count)
    }
  }

  /// Computes the gradient of input `index` of a product.
  public func productBackward(
    _ inputs: [Buffer], index: Int, output: Buffer?, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    if let output {
      overAll([inputs[index], output], also: outputGradient, output: inputGradient, count: count) {
        x, dy, dx, count in
        caffe_quotient_gradient(x[0], x[1], dy, dx, count)
      }
    } else {
      overAll(inputs, also: outputGradient, output: inputGradient, count: count) { x, dy, dx, count in
        caffe_product(x, Int32(inputs.count), Int32(index), dy, dx, count)
      }
    }
  }

  /// Computes `output = max inputs[i]` and, in `winners`, the index of the input that it came from.
  public func maximum(_ inputs: [Buffer], output: Buffer, winners: Buffer, count: Int) {
    let form = winners.count == count ? form(of: inputs, output: output, count: count) : .plain(count)
    withScratch(UnsafePointer<Float>?.self, inputs.count) { x in
      for index in inputs.indices { x[index] = read(inputs[index], form) }
      let y = write(output, form)
      let winner = write(winners, form)
      workers.split(form.count, bytes: 16) { first, last in
        withScratch(UnsafePointer<Float>?.self, inputs.count) { moved in
          for index in inputs.indices { moved[index] = x[index].map { $0 + first } }
          caffe_maximum(moved, Int32(inputs.count), y + first, winner + first, last - first)
        }
      }
    }
    finish(output, form)
    finish(winners, form)
  }

  /// Computes the gradient of input `index` of a maximum: `outputGradient` where it won, otherwise 0.
  public func maximumBackward(
    winners: Buffer, index: Int, outputGradient: Buffer, inputGradient: Buffer, count: Int
  ) {
    let form = form(of: [winners, outputGradient], output: inputGradient, count: count)
    let winner = read(winners, form)
    let dy = read(outputGradient, form)
    let dx = write(inputGradient, form)
    workers.split(form.count) { first, last in
      caffe_maximum_gradient(winner + first, Float(index), dy + first, dx + first, last - first)
    }
    finish(inputGradient, form)
  }

  /// Calls `body` for parts of the buffers, with the inputs', that of `also` (or of the first input) and the output's place.
  private func overAll(
    _ inputs: [Buffer], also: Buffer?, output: Buffer, count: Int,
    _ body: (
      _ inputs: UnsafeMutablePointer<UnsafePointer<Float>?>, _ also: UnsafePointer<Float>?, UnsafeMutablePointer<Float>,
      _ count: Int
    ) -> Void
  ) {
    var form = form(of: inputs, output: output, count: count)
    if let also {
      let isWhole = output.count == count && also.count == count && inputs.allSatisfy { $0.count == count }
      if !isWhole { form = .plain(count) }
      if isWhole, case .plain = form, let lanes = also.lanesForm { form = .lanes(lanes) }
    }
    withScratch(UnsafePointer<Float>?.self, inputs.count) { x in
      for index in inputs.indices { x[index] = read(inputs[index], form) }
      let extra = also.map { read($0, form) }
      let y = write(output, form)
      workers.split(form.count) { first, last in
        withScratch(UnsafePointer<Float>?.self, inputs.count) { moved in
          for index in inputs.indices { moved[index] = x[index].map { $0 + first } }
          body(moved, extra.map { $0 + first }, y + first, last - first)
        }
      }
    }
    finish(output, form)
  }
}
