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
  private let rows: [PoolingWindow]
  private let columns: [PoolingWindow]
  private let inputPlane: Int
  private let outputPlane: Int
  /// Of the last forward: each window's winner in its plane, -1 where nothing won.
  private var winners: [Int]

  init(_ spec: PoolingSpec) {
    self.spec = spec
    rows = ReferencePooling.windows(spec, axis: 0)
    columns = ReferencePooling.windows(spec, axis: 1)
    inputPlane = spec.input[0] * spec.input[1]
    outputPlane = spec.output[0] * spec.output[1]
    winners = Array(repeating: -1, count: spec.method == .max ? spec.outputCount : 0)
  }

  private static func windows(_ spec: PoolingSpec, axis: Int) -> [PoolingWindow] {
    (0..<spec.output[axis]).map {
      PoolingWindow(
        index: $0, kernel: spec.kernel[axis], stride: spec.stride[axis], padding: spec.padding[axis],
        input: spec.input[axis])
    }
  }

  func forward(input: Buffer, output: Buffer, mask: Buffer?) {
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
    }
    guard let mask, spec.method == .max else { return }
    let indices = mask.hostForOverwriting()
    for (i, winner) in winners.enumerated() { indices[i] = Float(winner) }
  }

  func backward(outputGradient: Buffer, inputGradient: Buffer) {
    let dy = outputGradient.hostForReading()
    let dx = inputGradient.hostForOverwriting()
    withSums(spec.inputCount) { sums in
      forEachWindow { plane, position, row, column in
        let gradient = Double(dy[plane * outputPlane + position])
        let target = sums + plane * inputPlane
        switch spec.method {
        case .max:
          let winner = winners[plane * outputPlane + position]
          if winner >= 0 { target[winner] += gradient }
        case .average:
          let share = gradient / Double(row.divisor * column.divisor)
          for y in row.inside {
            for x in column.inside { target[y * spec.input[1] + x] += share }
          }
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
    var sum = 0.0
    for y in row.inside {
      for x in column.inside { sum += Double(plane[y * spec.input[1] + x]) }
    }
    return Float(sum / Double(row.divisor * column.divisor))
  }
}
