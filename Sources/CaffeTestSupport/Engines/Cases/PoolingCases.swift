import CaffeCore

extension EngineCase {
  /// Pooling of every kind, small.
  package static var poolings: [EngineCase] {
    [PoolingSpec.Method.max, .average].flatMap { method in poolings(method) } + [tiedPooling, lowPooling]
  }

  private static func poolings(_ method: PoolingSpec.Method) -> [EngineCase] {
    let name = method == .max ? "max pooling" : "average pooling"
    func spec(
      _ images: Int, _ channels: Int, _ input: [Int], _ kernel: [Int], _ stride: [Int], _ padding: [Int] = [0, 0],
      ceil: Bool = true
    ) -> PoolingSpec {
      .rounded(
        method, images: images, channels: channels, input: input, kernel: kernel, stride: stride, padding: padding,
        ceil: ceil)
    }
    return [
      pooling("\(name)/2 x 2", spec(2, 3, [8, 8], [2, 2], [2, 2])),
      pooling("\(name)/2 x 2, overhang", spec(2, 3, [7, 7], [2, 2], [2, 2])),
      pooling("\(name)/2 x 2, floor", spec(2, 3, [7, 7], [2, 2], [2, 2], ceil: false)),
      pooling("\(name)/3 x 3, stride 2, overhang", spec(2, 2, [8, 8], [3, 3], [2, 2])),
      pooling("\(name)/3 x 3, overlapping", spec(1, 4, [6, 6], [3, 3], [1, 1])),
      pooling("\(name)/3 x 3, padded", spec(2, 3, [6, 6], [3, 3], [1, 1], [1, 1])),
      pooling("\(name)/3 x 3, padded, stride 2, overhang", spec(2, 3, [6, 6], [3, 3], [2, 2], [1, 1])),
      pooling("\(name)/4 x 4, padded 2, stride 3", spec(1, 2, [9, 8], [4, 4], [3, 3], [2, 2])),
      pooling("\(name)/5 x 5, padded 2, small image", spec(2, 2, [3, 3], [5, 5], [2, 2], [2, 2])),
      pooling("\(name)/rectangular", spec(2, 3, [9, 5], [4, 2], [2, 1], [1, 0])),
      pooling("\(name)/global", spec(3, 5, [6, 7], [6, 7], [1, 1])),
      pooling("\(name)/1 x 1", spec(2, 3, [4, 5], [1, 1], [1, 1])),
      pooling("\(name)/kernel smaller than the stride", spec(2, 2, [7, 7], [2, 2], [3, 3], ceil: false)),
      pooling("\(name)/stride 3, no window beyond the image", spec(2, 2, [6, 6], [2, 2], [3, 3])),
      pooling("\(name)/stride 4, no window beyond the padding", spec(2, 3, [5, 7], [2, 2], [4, 4], [1, 1])),
      pooling("\(name)/1 x 1, strides 4 and 3", spec(17, 16, [9, 6], [1, 1], [4, 3])),
      pooling("\(name)/stride 5, 16 images", spec(16, 20, [12, 12], [2, 2], [5, 5])),
      pooling("\(name)/one image, one channel", spec(1, 1, [5, 5], [3, 3], [2, 2])),
      pooling("\(name)/17 images, 16 channels", spec(17, 16, [4, 4], [2, 2], [2, 2])),
      pooling("\(name)/33 images", spec(33, 3, [5, 5], [3, 3], [2, 2])),
      pooling("\(name)/no images", spec(0, 3, [6, 6], [2, 2], [2, 2])),
      pooling("\(name)/one row", spec(2, 2, [1, 9], [1, 3], [1, 2]))
    ]
  }

  package static func pooling(_ name: String, _ spec: PoolingSpec, size: Size = .small) -> EngineCase {
    EngineCase(name, tolerance: .elementwise, size: size) { engine, stream in
      let separated = spec.method == .max && size == .small
      let x = Buffer(separated ? stream.separatedValues(spec.inputCount) : stream.values(spec.inputCount))
      return try poolingRun(spec, x, on: engine, &stream)
    }
  }

  private static func poolingRun(
    _ spec: PoolingSpec, _ x: Buffer, on engine: any Engine, _ stream: inout RandomStream, checkable: Bool = true
  ) throws -> EngineRun {
    let plan = try engine.planPooling(spec)
    let y = Buffer.dirty(spec.outputCount)
    let mask = spec.method == .max ? Buffer.dirty(spec.outputCount) : nil
    let (dy, dx) = (stream.buffer(spec.outputCount), Buffer.dirty(spec.inputCount))
    return EngineRun(
      EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
        plan.forward(input: x, output: y, mask: mask)
      } backward: {
        plan.backward(outputGradient: dy, inputGradient: dx)
      }, also: mask.map { [("mask", $0)] } ?? [], checkable: checkable)
  }

  /// Of equal values the first wins.
  private static var tiedPooling: EngineCase {
    EngineCase("max pooling/ties", tolerance: .elementwise) { engine, stream in
      let spec = PoolingSpec.rounded(
        .max, images: 3, channels: 4, input: [9, 9], kernel: [3, 3], stride: [2, 2], padding: [1, 1])
      return try poolingRun(spec, Buffer(stream.tiedValues(spec.inputCount)), on: engine, &stream, checkable: false)
    }
  }

  /// Padding doesn't win over negative values, and a plan without a mask keeps its winners too.
  private static var lowPooling: EngineCase {
    EngineCase("max pooling/all negative, no mask", tolerance: .elementwise) { engine, stream in
      let spec = PoolingSpec.rounded(
        .max, images: 2, channels: 3, input: [6, 7], kernel: [3, 3], stride: [2, 2], padding: [1, 1])
      let plan = try engine.planPooling(spec)
      let x = stream.buffer(spec.inputCount, in: -9 ... -5)
      let (y, dx, dy) = (Buffer.dirty(spec.outputCount), Buffer.dirty(x.count), stream.buffer(spec.outputCount))
      return EngineRun([("output", y), ("gradient", dx)]) {
        plan.forward(input: x, output: y, mask: nil)
        plan.backward(outputGradient: dy, inputGradient: dx)
      }
    }
  }
}

extension PoolingSpec {
  /// With the output that Caffe gives these sizes: rounded up or down, and the last window starting within the image or
  /// the padding before it.
  package static func rounded(
    _ method: Method, images: Int, channels: Int, input: [Int], kernel: [Int], stride: [Int], padding: [Int],
    ceil: Bool = true
  ) -> PoolingSpec {
    let output = input.indices.map { axis in
      let room = input[axis] + 2 * padding[axis] - kernel[axis]
      let windows = (room + (ceil ? stride[axis] - 1 : 0)) / stride[axis] + 1
      let startsOutside = (windows - 1) * stride[axis] >= input[axis] + padding[axis]
      return startsOutside ? windows - 1 : windows
    }
    return PoolingSpec(
      method: method, images: images, channels: channels, input: input, kernel: kernel, stride: stride,
      padding: padding, output: output)
  }
}
