import CaffeCore

extension EngineCase {
  /// Rows picked by their numbers, and the numbers of the largest values.
  package static var indexings: [EngineCase] {
    let specs = [
      RowIndexSpec(rows: 5, length: 3, indices: 11), RowIndexSpec(rows: 40, length: 33, indices: 7),
      RowIndexSpec(rows: 1, length: 1, indices: 6), RowIndexSpec(rows: 9, length: 700, indices: 60),
      RowIndexSpec(rows: 4, length: 5, indices: 0)
    ]
    return specs.map(picked) + [Float(-1), 5, 1.5, .nan, .infinity].map(invalidIndex) + rankings
  }

  private static func picked(_ spec: RowIndexSpec) -> EngineCase {
    EngineCase("gatherRows/\(spec.indices) of \(spec.rows) rows of \(spec.length)") { engine, stream in
      let rows = stream.buffer(spec.rows * spec.length)
      let indices = Buffer(stream.integers(spec.indices, in: 0...spec.rows - 1))
      let (y, dy) = (Buffer.dirty(spec.indices * spec.length), stream.buffer(spec.indices * spec.length))
      let gradient = stream.buffer(rows.count)
      return EngineRun(
        EngineDerivative(inputs: [("rows", rows, gradient)], output: y, outputGradient: dy) {
          try engine.gatherRows(spec, rows: rows, indices: indices, output: y)
        } backward: {
          try engine.scatterAddRows(spec, values: dy, indices: indices, into: gradient)
        }, checkable: rows.count < 2000)
    }
  }

  /// What is said about an index that is none: the place, the index, the number of rows.
  private static func invalidIndex(_ index: Float) -> EngineCase {
    EngineCase("indices/\(index) of 5 rows", tolerance: .exact) { engine, stream in
      let spec = RowIndexSpec(rows: 5, length: 2, indices: 4)
      let (rows, values) = (stream.buffer(10), stream.buffer(8))
      let indices = Buffer([0, 4, index, index])
      let (gathering, scattering) = (Buffer.dirty(3), Buffer.dirty(3))
      return EngineRun([("of gathering", gathering), ("of scattering", scattering)]) {
        gathering.set(said { try engine.gatherRows(spec, rows: rows, indices: indices, output: values) })
        scattering.set(said { try engine.scatterAddRows(spec, values: values, indices: indices, into: rows) })
      }
    }
  }

  private static func said(_ body: () throws -> Void) -> [Float] {
    do {
      try body()
      return [-1, -1, -1]
    } catch let error as InvalidIndex {
      return [Float(error.position), error.value, Float(error.count)]
    } catch {
      return [-2, -2, -2]
    }
  }

  private static var rankings: [EngineCase] {
    let specs = [
      TopKSpec(shape: ChannelSpec(outer: 6, channels: 10, inner: 1), k: 1),
      TopKSpec(shape: ChannelSpec(outer: 6, channels: 10, inner: 1), k: 10),
      TopKSpec(shape: ChannelSpec(outer: 3, channels: 8, inner: 5), k: 3),
      TopKSpec(shape: ChannelSpec(outer: 40, channels: 200, inner: 3), k: 7),
      TopKSpec(shape: ChannelSpec(outer: 2, channels: 1, inner: 2), k: 1)
    ]
    return specs.flatMap { spec in
      [false, true].map { tied in ranking(spec, tied: tied) }
    } + [
      EngineCase("topK/what isn't a number", tolerance: .exact) { engine, _ in
        let x = Buffer([.nan, 1, -.infinity, 2, .nan, .infinity])
        let (numbers, values) = (Buffer.dirty(6), Buffer.dirty(6))
        let spec = TopKSpec(shape: ChannelSpec(outer: 1, channels: 6, inner: 1), k: 6)
        return EngineRun([("numbers", numbers), ("values", values)]) {
          engine.topK(spec, input: x, indices: numbers, values: values)
        }
      }
    ]
  }

  private static func ranking(_ spec: TopKSpec, tied: Bool) -> EngineCase {
    let shape = spec.shape
    let title = "\(shape.outer) x \(shape.channels) x \(shape.inner), \(spec.k)\(tied ? ", ties" : "")"
    return EngineCase("topK/\(title)", tolerance: .exact) { engine, stream in
      let x = Buffer(tied ? stream.tiedValues(shape.count) : stream.values(shape.count))
      let results = (0..<4).map { _ in Buffer.dirty(shape.outer * spec.k * shape.inner) }
      let names = ["numbers", "values", "numbers alone", "values alone"]
      return EngineRun(Array(zip(names, results)).map { (name: $0.0, buffer: $0.1) }) {
        engine.topK(spec, input: x, indices: results[0], values: results[1])
        engine.topK(spec, input: x, indices: results[2], values: nil)
        engine.topK(spec, input: x, indices: nil, values: results[3])
      }
    }
  }
}
