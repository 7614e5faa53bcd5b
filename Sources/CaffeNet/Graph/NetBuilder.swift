import CaffeCore
import CaffeProto
import Logging

/// Builds what a net consists of, step by step: filter, splits, layers with their blobs, parameters, what needs a gradient.
struct NetBuilder {
  private let parameter: NetParameter
  let context: Context

  private(set) var entries: [LayerEntry]
  private(set) var layers: [Layer] = []
  private(set) var blobs: [Blob] = []
  private(set) var blobNames: [String] = []
  private(set) var indexOfBlob: [String: Int] = [:]
  private(set) var bottoms: [[Int]] = []
  private(set) var tops: [[Int]] = []
  private(set) var inputs: [Int] = []
  private(set) var outputs: [Int] = []
  private(set) var lossWeight: [Int: Float] = [:]
  var parameters: [Parameter] = []
  var ownerOfName: [String: Parameter] = [:]
  var layerNeedsBackward: [Bool] = []
  var bottomNeedsBackward: [[Bool]] = []

  private var blobNeedsBackward: [Bool] = []
  private var unread: Set<String> = []
  private var dataBytes = 0

  init(_ parameter: NetParameter, context: Context, locations: [FileLocation]) {
    self.parameter = parameter
    self.context = context
    entries = parameter.layer.enumerated().map { index, layer in
      LayerEntry(parameter: layer, location: index < locations.count ? locations[index] : nil)
    }
  }

  mutating func build() throws {
    var used = parameter
    used.state.phase = context.phase
    try checkNames()
    entries = try StateFilter(state: used.state, logger: context.logger).apply(to: entries)
    guard !entries.isEmpty else {
      throw CaffeError(
        .graph,
        "no layer of the net \"\(parameter.name)\" belongs to the phase \(context.phase), level "
          + "\(used.state.level) and stages [\(used.state.stage.joined(separator: ", "))]; check its include and exclude rules"
      )
    }
    used.layer = entries.map(\.parameter)
    context.logger.info("Initializing net from parameters: \n\(used.prototxt())", at: "net.cpp:53")
    fillTops()
    entries = try SplitInsertion.apply(to: entries)
    for index in entries.indices { try addLayer(index) }
    restrictBackwardToLosses()
    if parameter.forceBackward { forceBackward() }
    outputs = unread.sorted().compactMap { indexOfBlob[$0] }
    for name in unread.sorted() { info("This network produces output \(name)", at: "net.cpp:244") }
    info("Network initialization done.", at: "net.cpp:257")
  }

  func info(_ text: @autoclosure () -> String, at source: LogSource) { context.logger.info(text(), at: source) }

  private func checkNames() throws {
    guard parameter.input.isEmpty, parameter.layers.isEmpty else {
      throw CaffeError(.graph, "the net is in an old form (input fields or V1 layers); upgrade it before building")
    }
    guard !parameter.layer.isEmpty else {
      throw CaffeError(.graph, "the net \"\(parameter.name)\" has no layers; a net needs at least one `layer { … }`")
    }
  }

  /// Gives layers that ask for it, such as losses, the tops that the prototxt leaves out.
  private mutating func fillTops() {
    for index in entries.indices {
      guard let type = context.registry[entries[index].parameter.type], type.ports.fillsTops else { continue }
      var number = 0
      while entries[index].parameter.top.count < type.ports.tops.lowerBound {
        let name = entries[index].parameter.name
        entries[index].parameter.top.append(number == 0 ? name : "\(name)_\(number)")
        number += 1
      }
    }
  }

  // MARK: - Layers and blobs

  private mutating func addLayer(_ index: Int) throws {
    if !entries[index].parameter.hasPhase { entries[index].parameter.phase = context.phase }
    let entry = entries[index]
    let message = entry.parameter
    guard message.propagateDown.isEmpty || message.propagateDown.count == message.bottom.count else {
      throw entry.error(
        .graph,
        "has \(message.propagateDown.count) propagate_down for \(message.bottom.count) bottoms; "
          + "give none or one for each bottom")
    }
    if let field = message.nonFiniteField {
      throw entry.error(.value, "\(field.path) is \(field.value); give a finite number")
    }
    info("Creating layer \(message.name)", at: "layer_factory.hpp:77")
    let layer = try entry.naming { try context.registry.makeLayer(message, context: context) }
    info("Creating Layer \(message.name)", at: "net.cpp:86")
    try checkPorts(of: layer, entry)
    layers.append(layer)
    var needsBackward = connectBottoms(entry)
    try connectTops(entry, allowsInPlace: type(of: layer).allowsInPlace)
    try setUp(layer, entry)
    needsBackward = try addParameters(of: layer, entry) || needsBackward
    layerNeedsBackward.append(needsBackward)
    if needsBackward { for top in tops[index] { blobNeedsBackward[top] = true } }
  }

  private func checkPorts(of layer: Layer, _ entry: LayerEntry) throws {
    let ports = type(of: layer).ports
    let message = entry.parameter
    func check(_ count: Int, _ range: ClosedRange<Int>, _ what: String) throws {
      guard !range.contains(count) else { return }
      let expected =
        range.lowerBound == range.upperBound
        ? "exactly \(range.lowerBound)"
        : range.upperBound == Int.max
          ? "at least \(range.lowerBound)"
          : range.lowerBound == 0 ? "at most \(range.upperBound)" : "\(range.lowerBound) to \(range.upperBound)"
      throw entry.error(.graph, "has \(count) \(what)s; a \(message.type) layer takes \(expected)")
    }
    try check(message.bottom.count, ports.bottoms, "bottom")
    try check(message.top.count, ports.tops, "top")
    if ports.tied, message.bottom.count != message.top.count {
      throw entry.error(
        .graph,
        "has \(message.bottom.count) bottoms and \(message.top.count) tops; a \(message.type) layer takes as many "
          + "tops as bottoms")
    }
  }

  private mutating func connectBottoms(_ entry: LayerEntry) -> Bool {
    let message = entry.parameter
    var wanted: [Bool] = []
    // The insertion of splits has already refused unknown bottoms.
    let indices = message.bottom.compactMap { indexOfBlob[$0] }
    for (position, blob) in indices.enumerated() {
      info("\(message.name) <- \(message.bottom[position])", at: "net.cpp:408")
      unread.remove(message.bottom[position])
      wanted.append(message.propagateDown.isEmpty ? blobNeedsBackward[blob] : message.propagateDown[position])
    }
    bottoms.append(indices)
    bottomNeedsBackward.append(wanted)
    return indices.contains { blobNeedsBackward[$0] }
  }

  private mutating func connectTops(_ entry: LayerEntry, allowsInPlace: Bool) throws {
    let message = entry.parameter
    var indices: [Int] = []
    for (position, name) in message.top.enumerated() {
      if position < message.bottom.count, message.bottom[position] == name, let blob = indexOfBlob[name] {
        guard allowsInPlace else {
          throw entry.error(
            .graph,
            "writes its top \"\(name)\" over its bottom, which a \(message.type) layer can't; "
              + "give the top a name of its own")
        }
        info("\(message.name) -> \(name) (in-place)", at: "net.cpp:369")
        indices.append(blob)
      } else {
        guard indexOfBlob[name] == nil else { throw producedTwice(name, entry) }
        info("\(message.name) -> \(name)", at: "net.cpp:382")
        indices.append(addBlob(name))
        if message.type == "Input" { inputs.append(blobs.count - 1) }
      }
      unread.insert(name)
    }
    tops.append(indices)
  }

  private mutating func addBlob(_ name: String) -> Int {
    indexOfBlob[name] = blobs.count
    blobs.append(Blob())
    blobNames.append(name)
    blobNeedsBackward.append(false)
    return blobs.count - 1
  }

  private func producedTwice(_ name: String, _ entry: LayerEntry) -> CaffeError {
    let first = entries.first { $0.parameter.top.contains(name) }?.parameter.name ?? ""
    let copies = entry.parameter.bottom.contains { $0.hasPrefix("\(name)_") && $0.contains("_split_") }
    let remedy =
      copies
      ? "another layer reads \"\(name)\" too, so it can't be changed in-place: give the top a name of its own"
      : "give the top a name of its own"
    return entry.error(.graph, "produces the top \"\(name)\", which the layer \"\(first)\" already does; \(remedy)")
  }

  private mutating func setUp(_ layer: Layer, _ entry: LayerEntry) throws {
    let bottom = bottoms[layers.count - 1].map { blobs[$0] }
    let top = tops[layers.count - 1].map { blobs[$0] }
    try entry.naming {
      try layer.setUp(bottom: bottom, top: top)
      try layer.reshape(bottom: bottom, top: top)
      for blob in top { try blob.shape.checkFitsMemory() }
    }
    layer.lossWeights = try lossWeights(of: layer, entry)
    info("Setting up \(layer.name)", at: "net.cpp:124")
    for (position, blob) in top.enumerated() {
      info("Top shape: \(blob.shape)", at: "net.cpp:131")
      let weight = layer.lossWeights[position]
      if weight != 0 {
        info("    with loss weight \(weight.general)", at: "net.cpp:134")
        lossWeight[tops[layers.count - 1][position]] = weight
      }
      dataBytes += blob.count * MemoryLayout<Float>.stride
    }
    info("Memory required for data: \(dataBytes)", at: "net.cpp:139")
  }

  private func lossWeights(of layer: Layer, _ entry: LayerEntry) throws -> [Float] {
    let given = entry.parameter.lossWeight
    let tops = entry.parameter.top
    guard !given.isEmpty else { return tops.indices.map { layer.defaultLossWeight(of: $0) } }
    guard given.count == tops.count else {
      throw entry.error(
        .graph, "has \(given.count) loss_weight for \(tops.count) tops; give none or one for each top")
    }
    return given
  }

  // MARK: - What needs a gradient

  /// Takes out of the backward pass what no loss depends on.
  private mutating func restrictBackwardToLosses() {
    var underLoss: Set<Int> = []
    var skipped: Set<Int> = []
    for index in layers.indices.reversed() {
      var contributes = false
      var skips = true
      for (position, top) in tops[index].enumerated() {
        if layers[index].lossWeights[position] != 0 || underLoss.contains(top) { contributes = true }
        if !skipped.contains(top) { skips = false }
      }
      if layerNeedsBackward[index], skips {
        layerNeedsBackward[index] = false
        bottomNeedsBackward[index] = bottomNeedsBackward[index].map { _ in false }
      }
      if !contributes { layerNeedsBackward[index] = false }
      let name = layers[index].name
      if layerNeedsBackward[index] {
        info("\(name) needs backward computation.", at: "net.cpp:200")
      } else {
        info("\(name) does not need backward computation.", at: "net.cpp:202")
      }
      for (position, bottom) in bottoms[index].enumerated() {
        if contributes { underLoss.insert(bottom) } else { bottomNeedsBackward[index][position] = false }
        if !bottomNeedsBackward[index][position] { skipped.insert(bottom) }
      }
    }
  }

  private mutating func forceBackward() {
    for index in layers.indices {
      layerNeedsBackward[index] = true
      for position in bottomNeedsBackward[index].indices {
        bottomNeedsBackward[index][position] =
          bottomNeedsBackward[index][position] || layers[index].allowsForcedBackward(to: position)
      }
      layers[index].propagatesToParameter = layers[index].blobs.map { _ in true }
    }
  }
}
