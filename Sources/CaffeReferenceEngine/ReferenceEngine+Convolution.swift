import CaffeCore

extension ReferenceEngine: ConvolutionOps {
  /// Prepares a convolution of this geometry.
  public func planConvolution(_ spec: ConvolutionSpec) -> any ConvolutionPlan { ReferenceConvolution(spec) }
}

/// A convolution over any number of axes: per image and group, the product of the kernels with the input values that each
/// of their taps meets.
private final class ReferenceConvolution: ConvolutionPlan {
  let method = "loops"
  private let spec: ConvolutionSpec
  /// Made when they are first used: a net that is only built needs neither.
  private lazy var taps = ConvolutionTaps(spec)
  /// Of one image and group: a row of output positions for every channel and tap.
  private lazy var met = AlignedMemory(count: kernelCount * outputPlane)
  private let groupInputs: Int
  private let groupOutputs: Int
  /// Values of one kernel.
  private let kernelCount: Int
  /// Values of one channel.
  private let inputPlane: Int
  private let outputPlane: Int

  init(_ spec: ConvolutionSpec) {
    self.spec = spec
    groupInputs = spec.inputChannels / spec.groups
    groupOutputs = spec.outputChannels / spec.groups
    kernelCount = groupInputs * spec.kernel.reduce(1, *)
    inputPlane = spec.input.reduce(1, *)
    outputPlane = spec.output.reduce(1, *)
  }

  /// y[o, p] = bias[o] + Σ over k of w[o, k] · (what tap k meets at p).
  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer) {
    let x = input.hostForReading()
    let w = weights.hostForReading()
    let b = bias?.hostForReading()
    let y = output.hostForOverwriting()
    withSums(outputPlane) { sums in
      forEachGroup { image, group in
        meet(x, image: image, group: group)
        for o in group * groupOutputs..<(group + 1) * groupOutputs {
          sums.update(repeating: Double(b?[o] ?? 0), count: outputPlane)
          for k in 0..<kernelCount {
            accumulate(w[o * kernelCount + k], met.pointer + k * outputPlane, into: sums, count: outputPlane)
          }
          let row = y + outputRow(image, o)
          for p in 0..<outputPlane { row[p] = Float(sums[p]) }
        }
      }
    }
  }

  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer, finish: ConvolutionFinish) {
    forward(input: input, weights: weights, bias: bias, output: output)
    let addend = finish.addend?.hostForReading()
    let slope = finish.negativeSlope ?? 1
    let y = output.hostForUpdating()
    for i in 0..<spec.images * spec.outputCount {
      let sum = y[i] + (addend?[i] ?? 0)
      y[i] = sum < 0 ? (slope == 0 ? 0 : sum * slope) : sum
    }
  }

  /// dx[what tap k meets at p] = Σ over o and k of w[o, k] · dy[o, p].
  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer) {
    let dy = outputGradient.hostForReading()
    let w = weights.hostForReading()
    let dx = inputGradient.hostForOverwriting()
    withSums(inputPlane) { plane in
      withSums(outputPlane) { sums in
        forEachGroup { image, group in
          for channel in 0..<groupInputs {
            plane.update(repeating: 0, count: inputPlane)
            for tap in 0..<taps.count {
              sums.update(repeating: 0, count: outputPlane)
              for o in group * groupOutputs..<(group + 1) * groupOutputs {
                let weight = w[o * kernelCount + channel * taps.count + tap]
                accumulate(weight, dy + outputRow(image, o), into: sums, count: outputPlane)
              }
              taps.scatter(sums, tap: tap, into: plane)
            }
            let row = dx + inputRow(image, group * groupInputs + channel)
            for i in 0..<inputPlane { row[i] = Float(plane[i]) }
          }
        }
      }
    }
  }

  /// dw[o, k] += Σ over p of dy[o, p] · (what tap k meets at p); db[o] += Σ over p of dy[o, p].
  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?) {
    let dy = outputGradient.hostForReading()
    if let weightGradient { addWeightGradient(input.hostForReading(), dy, to: weightGradient.hostForUpdating()) }
    guard let db = biasGradient?.hostForUpdating() else { return }
    for o in 0..<spec.outputChannels {
      var sum = 0.0
      for image in 0..<spec.images {
        let row = dy + outputRow(image, o)
        for p in 0..<outputPlane { sum += Double(row[p]) }
      }
      db[o] += Float(sum)
    }
  }

  private func addWeightGradient(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, to dw: UnsafeMutablePointer<Float>
  ) {
    withSums(spec.weightCount) { sums in
      forEachGroup { image, group in
        meet(x, image: image, group: group)
        for o in group * groupOutputs..<(group + 1) * groupOutputs {
          for k in 0..<kernelCount {
            sums[o * kernelCount + k] += dotProduct(
              dy + outputRow(image, o), met.pointer + k * outputPlane, count: outputPlane)
          }
        }
      }
      for i in 0..<spec.weightCount { dw[i] += Float(sums[i]) }
    }
  }

  private func forEachGroup(_ body: (_ image: Int, _ group: Int) -> Void) {
    for image in 0..<spec.images {
      for group in 0..<spec.groups { body(image, group) }
    }
  }

  /// Fills `met`.
  private func meet(_ x: UnsafePointer<Float>, image: Int, group: Int) {
    for channel in 0..<groupInputs {
      let plane = x + inputRow(image, group * groupInputs + channel)
      for tap in 0..<taps.count {
        taps.gather(plane, tap: tap, into: met.pointer + (channel * taps.count + tap) * outputPlane)
      }
    }
  }

  private func inputRow(_ image: Int, _ channel: Int) -> Int { (image * spec.inputChannels + channel) * inputPlane }
  private func outputRow(_ image: Int, _ channel: Int) -> Int { (image * spec.outputChannels + channel) * outputPlane }
}
