import CKernels
import CaffeCore

/// Standardisation with the scale, shift and rectifier that usually follow it. In lanes of channels two passes compute it, one for the
/// statistics and one for the values, and two its gradient; in other forms the steps run one after the other.
extension CPUStandardization {
  func forward(input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer) {
    guard let layout = blockedLayout(of: input, output: output) else {
      forward(input: input, mean: mean, variance: variance, output: output, copy: nil)
      engine.scaleChannels(shape, input: output, scale: finish.scale, shift: finish.shift, output: output)
      if let slope = finish.negativeSlope {
        engine.map(.relu(negativeSlope: slope), input: output, output: output, count: shape.count)
      }
      return
    }
    let x = engine.read(input, layout.form)
    let means = mean.plainForWriting(shape.channels)
    setMoments(layout, x, means, variance.plainForWriting(shape.channels))
    let coefficients = finishCoefficients(finish, variance)
    let y = engine.write(output, layout.form)
    let slope = finish.negativeSlope ?? 1
    engine.eachPlane(of: layout) { first, last in
      (layout.channelsPerPlane == 8 ? caffe_normalize_planes_8 : caffe_normalize_planes)(
        x, means, coefficients.factors, coefficients.shifts, slope, y, first, last, self.shape.channels,
        layout.shape.inner)
    }
  }

  func backward(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer
  ) {
    guard let layout = blockedLayout(of: input, outputGradient, output: inputGradient) else {
      return backwardInSteps(
        input: input, mean: mean, variance: variance, finish: finish, output: output, outputGradient: outputGradient,
        scaleGradient: scaleGradient, shiftGradient: shiftGradient, inputGradient: inputGradient)
    }
    let x = engine.read(input, layout.form)
    let dy = engine.read(outputGradient, layout.form)
    let means = mean.hostForReading()
    let coefficients = finishCoefficients(finish, variance)
    let slope = finish.negativeSlope ?? 1
    withScratch(Double.self, 2 * shape.channels) { sums in
      addGradientSums(layout, x, dy, means, coefficients, slope, into: sums)
      setGradientCoefficients(sums, coefficients, variance, scaleGradient, shiftGradient)
    }
    let dx = engine.write(inputGradient, layout.form)
    engine.eachPlane(of: layout, bytes: 12) { first, last in
      (layout.channelsPerPlane == 8 ? caffe_normalize_gradient_planes_8 : caffe_normalize_gradient_planes)(
        x, dy, means, coefficients.factors, coefficients.shifts, slope, coefficients.constants,
        coefficients.proportions, dx, first, last, self.shape.channels, layout.shape.inner)
    }
  }

  private func backwardInSteps(
    input: Buffer, mean: Buffer, variance: Buffer, finish: StandardizationFinish, output: Buffer,
    outputGradient: Buffer, scaleGradient: Buffer?, shiftGradient: Buffer?, inputGradient: Buffer
  ) {
    if let slope = finish.negativeSlope {
      engine.mapBackward(
        .relu(negativeSlope: slope), input: output, output: output, outputGradient: outputGradient,
        inputGradient: inputGradient, count: shape.count)
    } else {
      engine.copy(outputGradient, to: inputGradient, count: shape.count)
    }
    standardized.resize(to: shape.count)
    forwardGiven(input: input, mean: mean, variance: variance, output: standardized)
    if let shiftGradient {
      engine.sumChannels(shape, inputGradient, times: nil, alpha: 1, beta: 1, into: shiftGradient)
    }
    if let scaleGradient {
      engine.sumChannels(shape, inputGradient, times: standardized, alpha: 1, beta: 1, into: scaleGradient)
    }
    engine.scaleChannels(shape, input: inputGradient, scale: finish.scale, shift: nil, output: inputGradient)
    backward(output: standardized, variance: variance, outputGradient: inputGradient, inputGradient: inputGradient)
  }

  /// The layout, if it is lanes of channels.
  private func blockedLayout(of first: Buffer, _ second: Buffer? = nil, output: Buffer) -> ChannelForm? {
    guard spec.deviation != .none else { return nil }
    let layout = engine.channelForm(of: first, second, output: output, shape)
    return layout.channelsPerPlane > 1 ? layout : nil
  }

  // MARK: - Coefficients

  private struct Coefficients {
    let factors: UnsafeMutablePointer<Float>
    let shifts: UnsafeMutablePointer<Float>
    let constants: UnsafeMutablePointer<Float>
    let proportions: UnsafeMutablePointer<Float>
  }

  private func finishCoefficients(_ finish: StandardizationFinish, _ variance: Buffer) -> Coefficients {
    let start = finishing.pointer
    let made = Coefficients(
      factors: start, shifts: start + shape.channels, constants: start + 2 * shape.channels,
      proportions: start + 3 * shape.channels)
    let reciprocals = factors(variance)
    let scale = finish.scale.hostForReading()
    let shift = finish.shift?.hostForReading()
    for c in 0..<shape.channels {
      made.factors[c] = scale[c] * reciprocals[c]
      made.shifts[c] = shift?[c] ?? 0
    }
    return made
  }

  /// With the mean m of the gradient before the rectifier and the mean p of its products with standardised values u, the gradient of an
  /// input is factor · (gradient − m − u · p).
  private func setGradientCoefficients(
    _ sums: UnsafePointer<Double>, _ coefficients: Coefficients, _ variance: Buffer, _ scaleGradient: Buffer?,
    _ shiftGradient: Buffer?
  ) {
    let count = Double(max(spec.valuesPerChannel, 1))
    let reciprocals = factors(variance)
    let scales = scaleGradient?.hostForUpdating()
    let shifts = shiftGradient?.hostForUpdating()
    for c in 0..<shape.channels {
      let products = sums[shape.channels + c] * Double(reciprocals[c])
      shifts?[c] += Float(sums[c])
      scales?[c] += Float(products)
      let factor = Double(coefficients.factors[c])
      coefficients.constants[c] = Float(factor * sums[c] / count)
      coefficients.proportions[c] = Float(factor * products / count * Double(reciprocals[c]))
    }
  }

  // MARK: - Sums

  /// Images of a part: its work doesn't depend on the number of threads, so neither do results.
  private func parts(_ layout: ChannelForm) -> (images: Int, count: Int) {
    let images = max(1 << 16 / max(layout.shape.inner, 1), 1)
    return (images, (shape.outer + images - 1) / images)
  }

  /// Calls `body` for each block of channels and each image of a part, with the place where they begin.
  private func eachPart(
    _ layout: ChannelForm, _ body: (_ part: Int, _ block: Int, _ offsets: StrideTo<Int>) -> Void
  ) {
    let (images, count) = parts(layout)
    let blocks = shape.channels / layout.channelsPerPlane
    let inner = layout.shape.inner
    engine.workers.split(count * blocks, bytes: min(images, shape.outer) * inner * 4, multiple: 1) { first, last in
      for task in first..<last {
        let (part, block) = task.quotientAndRemainder(dividingBy: blocks)
        let end = min((part + 1) * images, self.shape.outer)
        let offsets = stride(
          from: (part * images * blocks + block) * inner, to: (end * blocks + block) * inner, by: max(blocks * inner, 1)
        )
        body(part, block, offsets)
      }
    }
  }

  private func setMoments(
    _ layout: ChannelForm, _ x: UnsafePointer<Float>, _ means: UnsafeMutablePointer<Float>,
    _ variances: UnsafeMutablePointer<Float>
  ) {
    let width = layout.channelsPerPlane
    let (blocks, size) = (shape.channels / width, 1 + 2 * width)
    let add = width == 8 ? caffe_add_moments_8 : caffe_add_moments
    let join = width == 8 ? caffe_join_moments_8 : caffe_join_moments
    let parts = parts(layout).count
    withScratch(Double.self, (parts + 1) * blocks * size) { moments in
      moments.update(repeating: 0, count: (parts + 1) * blocks * size)
      eachPart(layout) { part, block, offsets in
        for offset in offsets {
          add(x + offset, layout.shape.inner / width, moments + (part * blocks + block) * size)
        }
      }
      for block in 0..<blocks {
        let all = moments + (parts * blocks + block) * size
        for part in 0..<parts { join(moments + (part * blocks + block) * size, all) }
        for lane in 0..<width {
          means[block * width + lane] = Float(all[1 + lane])
          variances[block * width + lane] = Float(all[1 + width + lane] / max(all[0], 1))
        }
      }
    }
  }

  private func addGradientSums(
    _ layout: ChannelForm, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ means: UnsafePointer<Float>,
    _ coefficients: Coefficients, _ slope: Float, into sums: UnsafeMutablePointer<Double>
  ) {
    let width = layout.channelsPerPlane
    let blocks = shape.channels / width
    let parts = parts(layout).count
    let add = width == 8 ? caffe_normalize_gradient_sums_8 : caffe_normalize_gradient_sums
    withScratch(Double.self, parts * blocks * 2 * width) { partial in
      partial.update(repeating: 0, count: parts * blocks * 2 * width)
      eachPart(layout) { part, block, offsets in
        for offset in offsets {
          add(
            x + offset, dy + offset, means + block * width, coefficients.factors + block * width,
            coefficients.shifts + block * width, slope, layout.shape.inner / width,
            partial + (part * blocks + block) * 2 * width)
        }
      }
      sums.update(repeating: 0, count: 2 * shape.channels)
      for index in 0..<parts * blocks {
        let channel = index % blocks * width
        for lane in 0..<width {
          sums[channel + lane] += partial[index * 2 * width + lane]
          sums[shape.channels + channel + lane] += partial[(index * 2 + 1) * width + lane]
        }
      }
    }
  }
}
