/// What became of many fuzz nets, by layer type.
package struct FuzzReport {
  /// How often a type was built in a net that ran, and how often it refused.
  package struct Count {
    package var ran = 0
    package var refused = 0
    /// What it said the first time.
    package var firstRefusal = ""

    package init() {}
  }

  package private(set) var types: [String: Count] = [:]
  package private(set) var nets = 0
  package private(set) var ran = 0
  package private(set) var refused = 0
  /// Each with its seed and its net.
  package private(set) var failures: [String] = []

  package init() {}

  /// Adds an outcome.
  package mutating func add(_ outcome: NetFuzzer.Outcome) {
    nets += 1
    if outcome.ran {
      ran += 1
      for type in outcome.built { types[type, default: Count()].ran += 1 }
    }
    if let (type, error) = outcome.refused {
      refused += 1
      types[type, default: Count()].refused += 1
      if types[type]?.firstRefusal.isEmpty == true { types[type]?.firstRefusal = error.message }
    }
    failures += outcome.failures.map { "seed \(outcome.seed), \(outcome.phase): \($0)\n\(outcome.text)" }
  }

  /// A table: a type a line.
  package var description: String {
    let lines = types.sorted { $0.key < $1.key }.map { type, count in
      "\(type.padded(to: 26))\(String(count.ran).padded(to: 8))\(String(count.refused).padded(to: 8))"
        + count.firstRefusal.prefix(100)
    }
    return "\(nets) nets: \(ran) ran, \(refused) were refused, \(nets - ran - refused) were too large to run\n"
      + "type                      ran     refused first\n" + lines.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
