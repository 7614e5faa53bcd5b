import CaffeCore

extension ReferenceEngine: BroadcastOps {
  /// Computes `output[o, c, i] = scale[c] · input[o, c, i] + shift[c]`.
  public func scaleChannels(_ shape: ChannelSpec, input: Buffer, scale: Buffer?, shift: Buffer?, output: Buffer) {
    let x = input.hostForReading()
    let factors = scale?.hostForReading()
    let terms = shift?.hostForReading()
    let y = output.hostForWriting(shape.count)
    shape.forEachValue { i, c in
      y[i] = Float(Double(factors?[c] ?? 1) * Double(x[i]) + Double(terms?[c] ?? 0))
    }
  }

  /// Computes `result[c] = alpha · Σ a · b + beta · result[c]` over all but the channels.
  public func sumChannels(
    _ shape: ChannelSpec, _ a: Buffer, times b: Buffer?, alpha: Float, beta: Float, into result: Buffer
  ) {
    let left = a.hostForReading()
    let right = b?.hostForReading()
    let target = result.hostForUpdating()
    withSums(shape.channels) { sums in
      shape.forEachValue { i, c in sums[c] += Double(left[i]) * Double(right?[i] ?? 1) }
      for c in 0..<shape.channels {
        let held = beta == 0 ? 0 : Double(beta) * Double(target[c])
        target[c] = Float(Double(alpha) * sums[c] + held)
      }
    }
  }

  /// Computes `output = input / divisor[0]`; 0 where the divisor is 0.
  public func divide(_ input: Buffer, byScalar divisor: Buffer, output: Buffer, count: Int) {
    let by = Double(divisor[0])
    let x = input.hostForReading()
    let y = output.hostForWriting(count)
    for i in 0..<count { y[i] = by == 0 ? 0 : Float(Double(x[i]) / by) }
  }
}

extension ChannelSpec {
  /// Calls `body` with the index of every value and its channel.
  @inline(__always)
  func forEachValue(_ body: (_ index: Int, _ channel: Int) -> Void) {
    var index = 0
    for _ in 0..<outer {
      for channel in 0..<channels {
        for _ in 0..<inner {
          body(index, channel)
          index += 1
        }
      }
    }
  }
}
