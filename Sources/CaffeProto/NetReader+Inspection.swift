import CaffeCore

/// A prototxt read to its end in spite of faults, with the place of every field.
package struct Inspection: Sendable {
  /// What the file holds.
  package enum Content: Sendable {
    case net(NetFile)
    case solver(SolverFile)
    /// Nothing can be made of it.
    case none
  }

  /// What could be read.
  package var content = Content.none
  /// What is wrong with it, in the order of the text.
  package var faults: [CaffeError] = []
  /// Warnings of the reader.
  package var notes: [ReadingNote] = []
  /// Where the fields are.
  package var places: FieldPlaces
  /// The text, line by line.
  package var lines: [String] = []
}

extension NetReader {
  /// Reads a net's or a solver's prototxt and collects its faults, rather than throw the first.
  package static func inspect(file path: String) -> Inspection {
    do {
      return inspect(bytes: try Prototxt.textBytes(of: path), fileName: path)
    } catch {
      var inspection = Inspection(places: FieldPlaces(file: path))
      inspection.faults.append(error as? CaffeError ?? CaffeError(.file, file: path, "\(error)"))
      return inspection
    }
  }

  /// Reads a net or a solver from its bytes; see `inspect(file:)`.
  package static func inspect(bytes: [UInt8], fileName: String) -> Inspection {
    var inspection = Inspection(places: FieldPlaces(file: fileName))
    inspection.lines = Inspection.lines(of: bytes)
    var faults: [CaffeError] = []
    var notes: [ReadingNote] = []
    do {
      if Inspection.isSolver(bytes) {
        let document = try Prototxt.document(
          SolverParameter.self, bytes: bytes, fileName: fileName, unknownFields: .error, notes: { notes.append($0) },
          faults: { faults.append($0) })
        inspection.places = document.places
        inspection.content = .solver(try upgraded(document, fileName, .lenient) { notes.append($0) })
      } else {
        let document = try Prototxt.document(
          NetParameter.self, bytes: bytes, fileName: fileName, unknownFields: .error, notes: { notes.append($0) },
          faults: { faults.append($0) })
        inspection.places = document.places
        inspection.content = .net(
          try upgraded(document.message, fileName, document.layers[""] ?? [], document.inputs[""], .lenient) {
            notes.append($0)
          })
      }
    } catch {
      faults.append(error as? CaffeError ?? CaffeError(.syntax, file: fileName, "\(error)"))
    }
    inspection.faults = faults
    inspection.notes = notes
    return inspection
  }
}

extension Inspection {
  /// Whether more of the outermost fields are a solver's than a net's.
  fileprivate static func isSolver(_ bytes: [UInt8]) -> Bool {
    guard let net = Schema.caffe.messages["NetParameter"], let solver = Schema.caffe.messages["SolverParameter"] else {
      return false
    }
    var tokenizer = Tokenizer(bytes, file: "")
    var depth = 0
    var score = 0
    var last: Token?
    // A fault in the text ends the guess; reading it will say what is wrong.
    while let token = try? tokenizer.next(), token.kind != .end {
      defer { last = token }
      if token.isSymbol("{") || token.isSymbol("<") { depth += 1 }
      if token.isSymbol("}") || token.isSymbol(">") { depth -= 1 }
      guard depth == 0, case .identifier(let name) = token.kind, last?.isSymbol(":") != true else { continue }
      score += (solver[name] == nil ? 0 : 1) - (net[name] == nil ? 0 : 1)
    }
    return score > 0
  }

  /// The lines as the tokenizer counts them, with what isn't UTF-8 marked.
  fileprivate static func lines(of bytes: [UInt8]) -> [String] {
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var lines: [String] = []
    var line: [UInt8] = []
    for (index, byte) in bytes.enumerated().dropFirst(start) {
      if byte == 10 || byte == 13 {
        // CR LF is one end.
        if byte == 13, index + 1 < bytes.count, bytes[index + 1] == 10 { continue }
        lines.append(String(decoding: line, as: UTF8.self))
        line = []
      } else {
        line.append(byte)
      }
    }
    return lines + [String(decoding: line, as: UTF8.self)]
  }
}
