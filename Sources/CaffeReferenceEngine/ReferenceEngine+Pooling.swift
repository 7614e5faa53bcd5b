import CaffeCore

extension ReferenceEngine: PoolingOps {
  /// Prepares pooling of this geometry.
  public func planPooling(_ spec: PoolingSpec) -> any PoolingPlan { ReferencePooling(spec) }
}

/// What a window covers along one axis.
struct PoolingWindow {
  /// The part inside the image.
  let inside: Range<Int>
  /// The extent that a mean is divided by: with padding, but nothing beyond it.
  let divisor: Int

  /// The window of output `index`, which may be empty where the step is larger than the window.
  init(index: Int, kernel: Int, stride: Int, padding: Int, input: Int) {
    let start = index * stride - padding
    let end = min(start + kernel, input + padding)
    divisor = end - start
    let first = max(start, 0)
    inside = first..<max(first, min(end, input))
  }
}

/// Pooling window by window.
private final class ReferencePooling: PoolingPlan {
  private let spec: PoolingSpec
  private lazy var rows = ReferencePooling.windows(spec, axis: 0)
  private lazy var columns = ReferencePooling.windows(spec, axis: 1)
  private let inputPlane: Int
  private let outputPlane: Int
  /// Of the last forward: each window's winner in its plane, -1 where nothing won.
  private var winners: [Int] = []
  /// Of the last forward that weighed values by themselves: what it read and wrote.
  private var weighed: (input: Buffer, output: Buffer)?

  init(_ spec: PoolingSpec) {
    self.spec = spec
    inputPlane = spec.input[0] * spec.input[1]
    outputPlane = spec.output[0] * spec.output[1]
  }

  private static func windows(_ spec: PoolingSpec, axis: Int) -> [PoolingWindow] {
    (0..<spec.output[axis]).map {
      PoolingWindow(
        index: $0, kernel: spec.kernel[axis], stride: spec.stride[axis], padding: spec.padding[axis],
        input: spec.input[axis])
    }
  }

  /// Room for winners; a net that is only built takes none.
  private func prepareWinners() {
    if winners.isEmpty { winners = Array(repeating: -1, count: spec.outputCount) }
  }

  func forward(input: Buffer, output: Buffer, mask: Buffer?) {
    if spec.method == .max { prepareWinners() }
    let x = input.hostForReading()
    let y = output.hostForOverwriting()
    switch spec.method {
    case .max:
      forEachWindow { plane, position, row, column in
        let (winner, value) = largest(x + plane * inputPlane, row, column)
        winners[plane * outputPlane + position] = winner
        y[plane * outputPlane + position] = value
      }
    case .average:
      forEachWindow { plane, position, row, column in
        y[plane * outputPlane + position] = mean(x + plane * inputPlane, row, column)
      }
    case .stochastic:
      weighed = (input, output)
      forEachWindow { plane, position, row, column in
        y[plane * outputPlane + position] = expectation(x + plane * inputPlane, row, column)
      }
    }
    guard let mask, spec.method == .max else { return }
    let indices = mask.hostForOverwriting()
    for (i, winner) in winners.enumerated() { indices[i] = Float(winner) }
  }

  func forwardSampling(input: Buffer, output: Buffer, mask: Buffer?, stream: inout RandomStream) {
    precondition(spec.method == .stochastic, "only stochastic pooling draws")
    weighed = nil
    prepareWinners()
    let x = input.hostForReading()
    let y = output.hostForOverwriting()
    let indices = mask?.hostForOverwriting()
    let end = stream.state.position &+ UInt64((spec.outputCount + 3) / 4 * 4)
    forEachWindow { plane, position, row, column in
      let share = Float((stream.nextWord() >> 8) + 1) * 0x1p-24
      let (winner, value) = draw(x + plane * inputPlane, row, column, share: share)
      winners[plane * outputPlane + position] = winner
      y[plane * outputPlane + position] = value
      indices?[plane * outputPlane + position] = Float(winner)
    }
    stream.state.position = end
  }

  func backward(outputGradient: Buffer, inputGradient: Buffer) {
    let held = weighed.map { (x: $0.input.hostForReading(), y: $0.output.hostForReading()) }
    // Without a forward nothing has won.
    if held == nil, spec.method != .average { prepareWinners() }
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForOverwriting()
    withSums(spec.inputCount) { sums in
      forEachWindow { plane, position, row, column in
        let gradient = Double(dy[plane * outputPlane + position])
        let target = sums + plane * inputPlane
        if spec.method == .average {
          let share = gradient / Double(row.divisor * column.divisor)
          forEachPlace(row, column) { target[$0] += share }
        } else if let held {
          let values = held.x + plane * inputPlane
          let mean = Double(held.y[plane * outputPlane + position])
          let sum = sum(values, row, column)
          if sum > 0 { forEachPlace(row, column) { target[$0] += gradient * (2 * Double(values[$0]) - mean) / sum } }
        } else {
          let winner = winners[plane * outputPlane + position]
          if winner >= 0 { target[winner] += gradient }
        }
      }
      for i in 0..<spec.inputCount { dx[i] = Float(sums[i]) }
    }
  }

  private func forEachWindow(_ body: (_ plane: Int, _ position: Int, PoolingWindow, PoolingWindow) -> Void) {
    for plane in 0..<spec.images * spec.channels {
      for (y, row) in rows.enumerated() {
        for (x, column) in columns.enumerated() { body(plane, y * columns.count + x, row, column) }
      }
    }
  }

  /// The first of the largest values and its index; nothing wins in an empty window.
  private func largest(_ plane: UnsafePointer<Float>, _ row: PoolingWindow, _ column: PoolingWindow) -> (Int, Float) {
    var winner = -1
    var value = -Float.greatestFiniteMagnitude
    for y in row.inside {
      for x in column.inside where plane[y * spec.input[1] + x] > value {
        winner = y * spec.input[1] + x
        value = plane[winner]
      }
    }
    return (winner, value)
  }

  private func mean(_ plane: UnsafePointer<Float>, _ row: PoolingWindow, _ column: PoolingWindow) -> Float {
    guard !row.inside.isEmpty, !column.inside.isEmpty else { return 0 }
    return Float(sum(plane, row, column) / Double(row.divisor * column.divisor))
  }

  /// Σ x² / Σ x.
  private func expectation(_ plane: UnsafePointer<Float>, _ row: PoolingWindow, _ column: PoolingWindow) -> Float {
    var squares = 0.0
    forEachPlace(row, column) { squares += Double(plane[$0]) * Double(plane[$0]) }
    let sum = sum(plane, row, column)
    return sum > 0 ? Float(squares / sum) : 0
  }

  private func sum(_ plane: UnsafePointer<Float>, _ row: PoolingWindow, _ column: PoolingWindow) -> Double {
    var sum = 0.0
    forEachPlace(row, column) { sum += Double(plane[$0]) }
    return sum
  }

  /// The first value at which the running sum is at least `share` of the whole, or else the last, and its index. Single
  /// precision, so that every engine draws the same.
  private func draw(
    _ plane: UnsafePointer<Float>, _ row: PoolingWindow, _ column: PoolingWindow, share: Float
  ) -> (Int, Float) {
    var sum: Float = 0
    forEachPlace(row, column) { sum += plane[$0] }
    let threshold = share * sum
    var winner = -1
    var isDrawn = false
    sum = 0
    forEachPlace(row, column) { index in
      guard !isDrawn else { return }
      winner = index
      sum += plane[index]
      isDrawn = sum >= threshold
    }
    return (winner, winner < 0 ? 0 : plane[winner])
  }

  private func forEachPlace(_ row: PoolingWindow, _ column: PoolingWindow, _ body: (_ index: Int) -> Void) {
    for y in row.inside {
      for x in column.inside { body(y * spec.input[1] + x) }
    }
  }
}
