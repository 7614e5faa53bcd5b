import CaffeCore

extension EngineCase {
  /// Filling and copying.
  package static var memory: [EngineCase] {
    [
      fill("fill/all", held: 37, count: 37), fill("fill/the first only", held: 37, count: 5),
      fill("fill/nothing", held: 3, count: 0), fill("fill/large", held: 70_001, count: 70_001),
      copy("copy/all", held: 37, count: 37), copy("copy/the first only", held: 40, count: 21),
      copy("copy/nothing", held: 3, count: 0), copy("copy/large", held: 70_001, count: 70_001),
      copyToItself, copyUntouched,
      blocks(
        "copyBlocks/concatenation", 90, 200,
        BlockCopySpec(blocks: 3, length: 30, sourceStride: 30, targetOffset: 7, targetStride: 64)),
      blocks(
        "copyBlocks/slice", 200, 60,
        BlockCopySpec(blocks: 4, length: 15, sourceOffset: 11, sourceStride: 47, targetStride: 15)),
      blocks(
        "copyBlocks/one value each", 33, 33,
        BlockCopySpec(blocks: 11, length: 1, sourceOffset: 2, sourceStride: 3, targetOffset: 1, targetStride: 3)),
      blocks("copyBlocks/none", 5, 5, BlockCopySpec(blocks: 0, length: 3, sourceStride: 3, targetStride: 3))
    ]
  }

  private static func fill(_ name: String, held: Int, count: Int) -> EngineCase {
    EngineCase(name, tolerance: .exact) { engine, stream in
      let y = stream.buffer(held)
      return EngineRun([("values", y)]) { engine.fill(y, count: count, with: 1.25) }
    }
  }

  private static func copy(_ name: String, held: Int, count: Int) -> EngineCase {
    EngineCase(name, tolerance: .exact) { engine, stream in
      let x = stream.buffer(held)
      let y = stream.buffer(held)
      return EngineRun([("source", x), ("target", y)]) { engine.copy(x, to: y, count: count) }
    }
  }

  private static var copyToItself: EngineCase {
    EngineCase("copy/to itself", tolerance: .exact) { engine, stream in
      let x = stream.buffer(19)
      return EngineRun([("values", x)]) { engine.copy(x, to: x, count: 19) }
    }
  }

  private static var copyUntouched: EngineCase {
    EngineCase("copy/a buffer that nobody wrote", tolerance: .exact) { engine, stream in
      let y = stream.buffer(19)
      return EngineRun([("values", y)]) { engine.copy(Buffer(count: 19), to: y, count: 19) }
    }
  }

  private static func blocks(_ name: String, _ source: Int, _ target: Int, _ spec: BlockCopySpec) -> EngineCase {
    EngineCase(name, tolerance: .exact) { engine, stream in
      let x = stream.buffer(source)
      let y = stream.buffer(target)
      return EngineRun([("source", x), ("target", y)]) { engine.copyBlocks(spec, from: x, to: y) }
    }
  }
}
