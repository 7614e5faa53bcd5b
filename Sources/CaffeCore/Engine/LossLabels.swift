extension ChannelSpec {
  /// Calls `body` for every label that isn't ignored, with the index of the first channel's value at its place; for engines that
  /// read labels on the host.
  ///
  /// - Throws: `InvalidLabel` for the first label that is no index of a channel.
  @inline(__always)
  package func forEachLabel(
    _ labels: UnsafePointer<Float>, ignored: Int? = nil, _ body: (_ start: Int, _ label: Int) -> Void
  ) throws {
    let ignored = ignored.map { Float($0) }
    for outer in 0..<outer {
      for inner in 0..<inner {
        let position = outer * self.inner + inner
        let value = labels[position]
        if value == ignored { continue }
        guard let label = Int(exactly: value), label >= 0, label < channels else {
          throw InvalidLabel(position: position, value: value, classes: channels)
        }
        body(outer * channels * self.inner + inner, label)
      }
    }
  }
}

extension SoftmaxLossSpec {
  /// What the sum is divided by, with the number of valid labels and what they weigh in all, where classes have weights.
  package func divisor(valid: Int, weight: Double?) -> Double {
    if let weight, normalization == .valid { return weight > 0 ? weight : 1 }
    return normalization.divisor(all: shape.outer * shape.inner, valid: valid, images: shape.outer)
  }
}

extension SoftmaxLossSpec.Normalization {
  /// What a sum is divided by: never less than 1.
  package func divisor(all: Int, valid: Int, images: Int) -> Double {
    switch self {
    case .full: Double(max(all, 1))
    case .valid: Double(max(valid, 1))
    case .batchSize: Double(max(images, 1))
    case .none: 1
    }
  }
}
