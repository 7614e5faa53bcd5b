import CCUDA
import CaffeCore

extension CUDAEngine: ReductionOps {
  /// Σ |x| over the first `count` values; waits for it.
  public func absoluteSum(_ buffer: Buffer, count: Int) -> Float { sum(CAFFE_SUM_ABSOLUTE, buffer, buffer, count) }

  /// Σ x² over the first `count` values; waits for it.
  public func sumOfSquares(_ buffer: Buffer, count: Int) -> Float { sum(CAFFE_SUM_SQUARE, buffer, buffer, count) }

  /// Σ a·b over the first `count` values; waits for it.
  public func dot(_ a: Buffer, _ b: Buffer, count: Int) -> Float { sum(CAFFE_SUM_PRODUCT, a, b, count) }

  /// The index of the first value that isn't finite, if there is one among the first `count`; waits for it.
  public func firstNonFinite(_ buffer: Buffer, count: Int) -> Int? {
    guard count > 0 else { return nil }
    let x = read(buffer)
    guard let scratch = device.reductionScratch() else { return nil }
    device.launch(
      .firstNonFinite, reductionShape(count), x, count, scratch.result, scratch.partialAddress, scratch.counterAddress)
    let place: Int32 = result(scratch, 0)
    return place > 0 ? Int(place) - 1 : nil
  }

  private func sum(_ form: SumForm, _ a: Buffer, _ b: Buffer, _ count: Int) -> Float {
    guard count > 0 else { return 0 }
    let (x, y) = (read(a), read(b))
    guard let scratch = device.reductionScratch() else { return 0 }
    device.launch(
      .sumAll, reductionShape(count), form.number, x, y, count, scratch.result, scratch.partialAddress,
      scratch.counterAddress)
    return result(scratch, 0)
  }

  /// Enough blocks to fill a device, with some values for each thread.
  private func reductionShape(_ count: Int) -> LaunchShape { .blocks(min((count + 2047) / 2048, 1024), of: 256) }

  private func result<Value: BitwiseCopyable>(_ scratch: ReductionScratch, _ value: Value) -> Value {
    var value = value
    withUnsafeMutableBytes(of: &value) {
      if let target = $0.baseAddress { device.download(scratch.memory, to: target, bytes: $0.count) }
    }
    return value
  }
}

extension CUDAEngine: RowReductionOps {
  /// Computes `output[row] = coefficient · Σ f(x)` over the columns.
  public func reduceRows(_ spec: RowReductionSpec, input: Buffer, output: Buffer) {
    guard spec.rows > 0 else { return }
    let x = read(input)
    let rows = ChannelSpec(outer: 1, channels: spec.rows, inner: spec.columns)
    sum(spec.form, rows, x, x, alpha: Float(spec.factor), beta: 0, into: write(output, spec.rows))
  }

  /// Computes `inputGradient = coefficient · outputGradient[row] · f′(x)`.
  public func reduceRowsBackward(
    _ spec: RowReductionSpec, input: Buffer, outputGradient: Buffer, inputGradient: Buffer
  ) {
    let count = spec.rows * spec.columns
    guard count > 0 else { return }
    let (x, dy) = (read(input), read(outputGradient))
    device.launch(
      .spreadRows, .over(count), spec.form.number, x, dy, write(inputGradient, count), count,
      caffe_gpu_divisor(spec.columns), Float(spec.factor))
  }

  /// Sums of channels; where they are few and long, several blocks share one.
  func sum(
    _ form: SumForm, _ shape: ChannelSpec, _ a: UInt64, _ b: UInt64, alpha: Float, beta: Float, into result: UInt64
  ) {
    guard let scratch = device.reductionScratch() else { return }
    let values = shape.outer * shape.inner
    if shape.inner == 1, shape.channels >= 4 {
      let blocks = (shape.channels + 31) / 32
      let slices = device.slices(of: blocks * 32, blocks: blocks, length: shape.outer, shortest: 64)
      device.launch(
        .sumColumns, LaunchShape(grid: (UInt32(blocks), UInt32(slices), 1), block: 256), form.number,
        Int32(shape.outer), Int32(shape.channels), a, b, alpha, beta, result, scratch.partialAddress,
        scratch.counterAddress)
      return
    }
    let slices = device.slices(of: shape.channels, blocks: shape.channels, length: values, shortest: 2048)
    // Nothing to sum up has no rows to count.
    let sizes = caffe_gpu_channels(
      outer: values == 0 ? 0 : Int32(shape.outer), channels: Int32(shape.channels), inner: Int32(max(shape.inner, 1)))
    device.launch(
      .sumChannels, LaunchShape(grid: (UInt32(shape.channels), UInt32(slices), 1), block: .threads(for: values)),
      form.number, sizes, a, b, alpha, beta, result, scratch.partialAddress, scratch.counterAddress)
  }
}

/// What a sum is made of.
typealias SumForm = Int

extension SumForm {
  /// As kernels take it.
  var number: Int32 { Int32(truncatingIfNeeded: self) }
}

extension UInt32 {
  /// The threads of a block that goes over so many values: whole warps, at most 256.
  static func threads(for count: Int) -> UInt32 { UInt32(Swift.min(Swift.max((count + 31) / 32, 1) * 32, 256)) }
}

extension RowReductionSpec {
  fileprivate var form: SumForm {
    switch operation {
    case .sum, .mean: CAFFE_SUM_PLAIN
    case .absoluteSum: CAFFE_SUM_ABSOLUTE
    case .sumOfSquares: CAFFE_SUM_SQUARE
    }
  }
}

extension Kernel {
  fileprivate static let sumAll = Kernel("reduction", "sum_all")
  fileprivate static let firstNonFinite = Kernel("reduction", "first_non_finite")
  fileprivate static let sumChannels = Kernel("reduction", "sum_channels")
  fileprivate static let sumColumns = Kernel("reduction", "sum_columns")
  fileprivate static let spreadRows = Kernel("reduction", "spread_rows")
}
