import Caffe

/// What makes a layer odd.
extension FuzzLayer {
  /// Changes something; `blobs` are the names of blobs that are there.
  mutating func mutate(_ draw: inout Draw, blobs: [String]) {
    switch draw.integer(0...11) {
    case 0, 1, 2, 3: setOddField(&draw)
    case 4: if !bottoms.isEmpty { bottoms.remove(at: draw.integer(0...bottoms.count - 1)) }
    case 5: addBottom(&draw, blobs)
    case 6: tops = max(0, tops + draw.pick([-1, 1, 2]))
    case 7: renameTop(&draw, blobs)
    case 8: changeShape(&draw)
    case 9: if !bottoms.isEmpty { bottoms[draw.integer(0...bottoms.count - 1)].values = .odd }
    case 10: fields.removeAll { _ in draw.boolean() }
    default: extra += FuzzLayer.commonField(&draw, tops: tops, bottoms: bottoms.count)
    }
  }

  private mutating func addBottom(_ draw: inout Draw, _ blobs: [String]) {
    if let name = blobs.isEmpty ? nil : draw.pick(blobs), draw.boolean() {
      bottoms.insert(Bottom(shape: [], name: name), at: draw.integer(0...bottoms.count))
    } else {
      add(draw.extents(0...4))
    }
  }

  private mutating func renameTop(_ draw: inout Draw, _ blobs: [String]) {
    guard tops > 0 else { return }
    let names = blobs + bottoms.compactMap(\.name)
    topNames[draw.integer(0...tops - 1)] = names.isEmpty ? "" : draw.pick(names)
  }

  private mutating func changeShape(_ draw: inout Draw) {
    let own = bottoms.indices.filter { bottoms[$0].name == nil }
    guard !own.isEmpty else { return }
    let index = draw.pick(own)
    if draw.boolean() || bottoms[index].shape.isEmpty {
      bottoms[index].shape = draw.oddExtents()
    } else {
      bottoms[index].shape[draw.integer(0...bottoms[index].shape.count - 1)] = draw.pick([0, 1, 2, 5, 65_536])
    }
  }

  /// Gives a field of one of the layer's messages, by the schema, a value at the edge or beyond.
  private mutating func setOddField(_ draw: inout Draw) {
    let schema = Schema.caffe
    let messages = FuzzLayer.messages(of: type)
    guard !messages.isEmpty, let layer = schema.messages["LayerParameter"] else { return }
    let message = draw.pick(messages)
    guard case .message(let name)? = layer[message]?.type, let fields = schema.messages[name]?.fields else { return }
    let field = draw.pick(fields)
    self.fields.removeAll { $0.message == message && $0.name == field.name }
    let count = field.label == .repeated ? draw.integer(1...3) : 1
    for _ in 0..<count {
      set(message, field.name, FuzzLayer.oddValue(of: field, &draw))
    }
  }

  /// The fields of a layer's message that mean something to `type`: the one of its own name, and what some share.
  private static func messages(of type: String) -> [String] {
    let own = type.lowercased() + "param"
    let all = Schema.caffe.messages["LayerParameter"]?.fields ?? []
    let named = all.map(\.name).filter { $0.replacing("_", with: "") == own }
    return named + (shared[type] ?? [])
  }

  private static let shared = [
    "Deconvolution": ["convolution_param"], "Im2col": ["convolution_param"], "LSTM": ["recurrent_param"],
    "RNN": ["recurrent_param"], "SoftmaxWithLoss": ["softmax_param", "loss_param"], "InfogainLoss": ["loss_param"],
    "SigmoidCrossEntropyLoss": ["loss_param"], "Data": ["transform_param"], "ImageData": ["transform_param"],
    "WindowData": ["transform_param"], "MemoryData": ["transform_param"]
  ]

  private static func oddValue(of field: Schema.Field, _ draw: inout Draw) -> String {
    switch field.type {
    case .int32, .int64, .uint32: "\(draw.oddInteger())"
    case .float, .double: draw.oddNumber()
    case .bool: draw.boolean() ? "true" : "false"
    // A file that is written must be none of those that other nets read.
    case .string where field.name == "file_name": draw.pick(["\"\"", "\"out.h5\"", "\"db\"", "\"missing/out.h5\""])
    case .string, .bytes:
      draw.pick([
        "\"\"", "\"missing\"", "\"list.txt\"", "\"db\"", "\"infogain.binaryproto\"", "\"0.png\"", "\"windows.txt\""
      ])
    case .enumeration(let name): draw.pick(Schema.caffe.enums[name]?.values.map(\.name) ?? ["0"])
    case .message("BlobShape"): FuzzRecipes.text(draw.oddExtents())
    case .message("FillerParameter"): filler(&draw)
    case .message: "{ }"
    }
  }

  private static func filler(_ draw: inout Draw) -> String {
    let type = draw.pick(Filler.typeNames + ["none"])
    let odd = draw.pick(["value", "min", "max", "mean", "std"])
    let sparse = draw.chance(20) ? " sparse: \(draw.oddInteger())" : ""
    return "{ type: \"\(type)\" \(odd): \(draw.oddNumber())\(sparse) }"
  }

  /// A field that every layer has.
  private static func commonField(_ draw: inout Draw, tops: Int, bottoms: Int) -> String {
    func list(_ name: String, _ count: Int, _ value: (inout Draw) -> String) -> String {
      (0..<max(0, count)).map { _ in " \(name): \(value(&draw))" }.joined()
    }
    let near = draw.pick([-1, 0, 0, 0, 1])
    switch draw.integer(0...6) {
    case 0: return list("loss_weight", tops + near) { $0.oddNumber() }
    case 1: return list("propagate_down", bottoms + near) { $0.boolean() ? "true" : "false" }
    case 2: return list("param", draw.integer(1...3)) { "{ lr_mult: \($0.oddNumber()) decay_mult: \($0.oddNumber()) }" }
    case 3:
      return list("param", draw.integer(1...2)) {
        "{ name: \"\($0.pick(["shared", "other"]))\" share_mode: \($0.pick(["STRICT", "PERMISSIVE"])) }"
      }
    case 4: return " \(draw.pick(["include", "exclude"])) { phase: \(draw.pick(["TRAIN", "TEST"])) }"
    case 5: return list("blobs", draw.integer(1...2)) { "{ shape \(FuzzRecipes.text($0.oddExtents())) data: 1 }" }
    default: return " phase: \(draw.pick(["TRAIN", "TEST"]))"
    }
  }
}
