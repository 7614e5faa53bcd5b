import CaffeCore
import CaffeProto

extension NetSummary: CustomStringConvertible {
  /// A table, and the sums below it.
  public var description: String { table() }

  /// The table with a last column of what there is to say about layers, by name.
  public func table(remarks: [String: [String]] = [:]) -> String {
    var lines = [["Layer", "Type", "Top", "Shape", "Parameters", "Multiply-adds", "Memory"]]
    for row in rows {
      let first = row.tops.first
      lines.append([
        row.name, row.type, first?.name ?? "", first?.shape.list ?? "", row.parameters > 0 ? "\(row.parameters)" : "",
        row.multiplyAdds > 0 ? "\(row.multiplyAdds)" : "", row.bytes > 0 ? row.bytes.memory : "in-place"
      ])
      if row.tops.isEmpty { lines[lines.count - 1][6] = "" }
      if let remarks = remarks[row.name] { lines[lines.count - 1] += ["", remarks.joined(separator: ", ")] }
      for top in row.tops.dropFirst() { lines.append(["", "", top.name, top.shape.list]) }
    }
    if lines.contains(where: { $0.count > 7 }) { lines[0] += ["", "Warnings"] }
    let table = TextTable.lines(lines, right: [4, 5, 6])
    let title = "\(name.isEmpty ? "A net" : name), \(phase == .train ? "TRAIN" : "TEST")"
    return ([title] + table + sums).joined(separator: "\n")
  }

  private var sums: [String] {
    let fixed = trained < parameters ? " \(parameters - trained) of them aren't trained." : ""
    var notes = [
      "Layers: \(rows.count). Parameters: \(parameters).\(fixed) Multiply-adds: \(multiplyAdds).",
      "Memory: blobs \(bytes.memory), parameters \((parameters * MemoryLayout<Float>.stride).memory); "
        + "in training as much again for their gradients."
    ]
    if !guesses.isEmpty {
      notes.append("Guessed, since no data were read: \(guesses.joined(separator: " ")); --input-shape says otherwise.")
    }
    return notes
  }
}

extension Int {
  /// A number of bytes as people say it.
  fileprivate var memory: String {
    if self < 1000 { return "\(self) B" }
    if self < 1_000_000 { return "\((self + 500) / 1000) kB" }
    let tenths = (self + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10) MB"
  }
}
