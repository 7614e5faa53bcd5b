import CaffeCore

extension EngineCase {
  /// Many values to one.
  package static var reductions: [EngineCase] {
    [0, 1, 15, 16, 17, 1000, 70_003].map { count in
      EngineCase("reductions/\(count) values") { engine, stream in
        let (a, b) = (stream.buffer(count + 3), stream.buffer(count + 3))
        let results = Buffer.dirty(3)
        return EngineRun([("sums", results)]) {
          results[0] = engine.absoluteSum(a, count: count)
          results[1] = engine.sumOfSquares(a, count: count)
          results[2] = engine.dot(a, b, count: count)
        }
      }
    } + nonFinite
  }

  private static var nonFinite: [EngineCase] {
    let places: [(String, [Int: Float])] = [
      ("none", [:]), ("first", [0: .nan]), ("infinity", [37: .infinity]), ("of several", [90: -.infinity, 61: .nan]),
      ("last", [99: .nan]), ("beyond the count", [100: .nan])
    ]
    return places.map { name, values in
      EngineCase("firstNonFinite/\(name)", tolerance: .exact) { engine, stream in
        let x = stream.buffer(103)
        for (index, value) in values { x[index] = value }
        let result = Buffer.dirty(1)
        return EngineRun([("index", result)]) { result[0] = Float(engine.firstNonFinite(x, count: 100) ?? -1) }
      }
    }
  }
}
