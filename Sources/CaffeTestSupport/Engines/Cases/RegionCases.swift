import CaffeCore

extension EngineCase {
  /// Boxes copied, tensors repeated, patches as columns.
  package static var regions: [EngineCase] { boxes + tilings + patches }

  private static var boxes: [EngineCase] {
    let specs = [
      RegionSpec(extents: [4], source: [9], sourceOffset: [2], target: [6], targetOffset: [1]),
      RegionSpec(extents: [2, 3], source: [4, 7], sourceOffset: [1, 4], target: [2, 3], targetOffset: [0, 0]),
      RegionSpec(
        extents: [2, 3, 2, 1], source: [2, 5, 4, 3], sourceOffset: [0, 1, 2, 2], target: [3, 3, 2, 4],
        targetOffset: [1, 0, 0, 3]),
      RegionSpec(
        extents: [2, 1, 1, 2, 3], source: [2, 1, 2, 4, 5], sourceOffset: [0, 0, 1, 1, 2], target: [2, 1, 1, 2, 3],
        targetOffset: [0, 0, 0, 0, 0]),
      RegionSpec(
        extents: [3, 40, 50], source: [3, 60, 70], sourceOffset: [0, 20, 10], target: [3, 40, 50],
        targetOffset: [0, 0, 0]),
      RegionSpec(extents: [0, 3], source: [2, 3], sourceOffset: [0, 0], target: [2, 3], targetOffset: [0, 0])
    ]
    return specs.map { spec in
      EngineCase("copyRegion/\(spec.extents) of \(spec.source) into \(spec.target)", tolerance: .exact) {
        engine, stream in
        let (x, y) = (stream.buffer(spec.source.reduce(1, *)), Buffer.dirty(spec.target.reduce(1, *)))
        let (dx, dy) = (Buffer.dirty(x.count), stream.buffer(y.count))
        return EngineRun(
          EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
            engine.fill(y, count: y.count, with: 0.5)
            engine.copyRegion(spec, from: x, to: y)
          } backward: {
            engine.fill(dx, count: dx.count, with: 0)
            engine.copyRegion(spec.reversed, from: dy, to: dx)
          }, checkable: x.count < 1000)
      }
    }
  }

  private static var tilings: [EngineCase] {
    let specs = [
      TileSpec(outer: 3, tiles: 4, inner: 5), TileSpec(outer: 1, tiles: 3, inner: 70),
      TileSpec(outer: 20, tiles: 2, inner: 1),
      TileSpec(outer: 2, tiles: 1, inner: 6), TileSpec(outer: 5, tiles: 30, inner: 333),
      TileSpec(outer: 0, tiles: 3, inner: 2)
    ]
    return specs.map { spec in
      EngineCase("tile/\(spec.outer) x \(spec.inner), \(spec.tiles) times") { engine, stream in
        let count = spec.outer * spec.inner
        let (x, dx) = (stream.buffer(count), Buffer.dirty(count))
        let (y, dy) = (Buffer.dirty(count * spec.tiles), stream.buffer(count * spec.tiles))
        return EngineRun(
          EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
            engine.tile(spec, input: x, output: y)
          } backward: {
            engine.tileBackward(spec, outputGradient: dy, inputGradient: dx)
          }, checkable: count < 1000)
      }
    }
  }

  private static var patches: [EngineCase] {
    let specs = [
      ConvolutionSpec.square(2, 3, 1, input: 6, kernel: 3), .square(1, 2, 1, input: 7, kernel: 3, padding: 2),
      ConvolutionSpec(
        images: 2, inputChannels: 3, outputChannels: 3, groups: 3, input: [7, 9], kernel: [2, 3], stride: [2, 1],
        padding: [1, 0], dilation: [1, 2]),
      ConvolutionSpec(
        images: 3, inputChannels: 2, outputChannels: 1, input: [11], kernel: [4], stride: [3], padding: [1],
        dilation: [1]),
      ConvolutionSpec(
        images: 1, inputChannels: 2, outputChannels: 1, input: [4, 3, 5], kernel: [2, 2, 3], stride: [1, 1, 2],
        padding: [1, 0, 1], dilation: [1, 1, 1]),
      ConvolutionSpec(
        images: 2, inputChannels: 8, outputChannels: 1, input: [30, 30], kernel: [5, 5], stride: [1, 1],
        padding: [2, 2],
        dilation: [1, 1])
    ]
    return specs.map { spec in
      EngineCase("im2col/\(spec.images) of \(spec.inputChannels) x \(spec.input), kernel \(spec.kernel)") {
        engine, stream in
        let count = spec.images * spec.inputCount
        let columns = spec.images * spec.inputChannels * spec.kernel.reduce(1, *) * spec.output.reduce(1, *)
        let (x, dx) = (stream.buffer(count), Buffer.dirty(count))
        let (y, dy) = (Buffer.dirty(columns), stream.buffer(columns))
        return EngineRun(
          EngineDerivative(inputs: [("input", x, dx)], output: y, outputGradient: dy) {
            engine.im2col(spec, input: x, columns: y)
          } backward: {
            engine.col2im(spec, columns: dy, input: dx)
          }, checkable: count < 1000)
      }
    }
  }
}
