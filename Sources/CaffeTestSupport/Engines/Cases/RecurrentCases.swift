import CaffeCore

extension EngineCase {
  /// Steps of recurrent nets.
  package static var recurrences: [EngineCase] {
    let specs = [
      RecurrentSpec(rows: 3, length: 5), RecurrentSpec(rows: 1, length: 1), RecurrentSpec(rows: 4, length: 33),
      RecurrentSpec(rows: 20, length: 256), RecurrentSpec(rows: 0, length: 4)
    ]
    return specs.flatMap { spec in
      [
        step("lstmUnit/\(spec.rows) x \(spec.length)", spec, of: "cell"),
        step("lstmUnit/\(spec.rows) x \(spec.length), hidden", spec, of: "hidden"),
        scaledRows("scaleRows/\(spec.rows) x \(spec.length)", spec)
      ]
    } + [twoSteps]
  }

  /// One step; `checked` says which of its two outputs is compared with differences.
  private static func step(_ name: String, _ spec: RecurrentSpec, of checked: String) -> EngineCase {
    EngineCase(name) { engine, stream in
      let (count, isSmall) = (spec.rows * spec.length, spec.rows * spec.length < 1000)
      let (held, gates) = (stream.buffer(count, in: -2...2), stream.buffer(4 * count, in: -3...3))
      let goesOn = Buffer((0..<spec.rows).map { $0 % 3 == 1 ? 0 : 1 })
      let (cell, hidden) = (Buffer.dirty(count), Buffer.dirty(count))
      let isCell = checked == "cell"
      let dc = isCell ? stream.buffer(count) : Buffer(count: count)
      let dh = isCell ? Buffer(count: count) : stream.buffer(count)
      let (heldGradient, gateGradient) = (Buffer.dirty(count), Buffer.dirty(4 * count))
      return EngineRun(
        EngineDerivative(
          inputs: [("previous cell", held, heldGradient), ("gates", gates, gateGradient)],
          output: isCell ? cell : hidden, outputGradient: isCell ? dc : dh
        ) {
          engine.lstmUnit(
            spec, previousCell: Operand(held), gates: Operand(gates), continuation: Operand(goesOn),
            cell: Operand(cell),
            hidden: Operand(hidden))
        } backward: {
          engine.lstmUnitBackward(
            spec, previousCell: Operand(held), gates: Operand(gates), continuation: Operand(goesOn),
            cell: Operand(cell),
            cellGradient: Operand(dc), hiddenGradient: Operand(dh), previousCellGradient: Operand(heldGradient),
            gateGradient: Operand(gateGradient))
        }, also: [("the other output", isCell ? hidden : cell)], checkable: isSmall)
    }
  }

  /// Two steps in buffers that hold both; the first begins with cells that aren't numbers, which nobody is to use.
  private static var twoSteps: EngineCase {
    EngineCase("lstmUnit/two steps in one buffer, in place") { engine, stream in
      let spec = RecurrentSpec(rows: 2, length: 19)
      let size = spec.rows * spec.length
      let (before, gates) = (Buffer.dirty(size), stream.buffer(8 * size))
      let goesOn = Buffer([0, 0, 1, 0])
      let (cells, hidden) = (Buffer.dirty(2 * size), Buffer.dirty(2 * size))
      let (dc, dh) = (stream.buffer(size), stream.buffer(2 * size))
      let unused = stream.buffer(size)
      return EngineRun([("cells", cells), ("hidden", hidden), ("gates", gates), ("cell gradient", dc), ("kept", unused)]
      ) {
        for step in 0..<2 {
          engine.lstmUnit(
            spec, previousCell: step == 0 ? Operand(before) : Operand(cells),
            gates: Operand(gates, offset: step * 4 * size), continuation: Operand(goesOn, offset: step * 2),
            cell: Operand(cells, offset: step * size), hidden: Operand(hidden, offset: step * size))
        }
        for step in [1, 0] {
          engine.lstmUnitBackward(
            spec, previousCell: step == 0 ? Operand(before) : Operand(cells),
            gates: Operand(gates, offset: step * 4 * size), continuation: Operand(goesOn, offset: step * 2),
            cell: Operand(cells, offset: step * size), cellGradient: Operand(dc),
            hiddenGradient: Operand(dh, offset: step * size), previousCellGradient: step == 1 ? Operand(dc) : nil,
            gateGradient: Operand(gates, offset: step * 4 * size))
        }
      }
    }
  }

  private static func scaledRows(_ name: String, _ spec: RecurrentSpec) -> EngineCase {
    EngineCase(name, tolerance: .elementwise) { engine, stream in
      let count = spec.rows * spec.length
      let x = stream.buffer(count + 3)
      let factors = Buffer((0..<spec.rows + 1).map { $0 % 3 == 2 ? 0 : Float($0) - 1.5 })
      let (fresh, added) = (Buffer.dirty(count), stream.buffer(count + 2))
      return EngineRun([("fresh", fresh), ("added", added)]) {
        engine.scaleRows(
          spec, input: Operand(x, offset: 3), factors: Operand(factors, offset: 1), beta: 0, output: Operand(fresh))
        engine.scaleRows(
          spec, input: Operand(x), factors: Operand(factors, offset: 1), beta: -0.5, output: Operand(added, offset: 1))
      }
    }
  }
}
