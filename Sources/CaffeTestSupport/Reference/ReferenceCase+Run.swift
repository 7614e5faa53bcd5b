import Caffe

extension ReferenceCase {
  /// The layers whose results are each made of one value or few: 1e-5 in place of 1e-4 holds for their nets.
  package static let elementwiseTypes: Set<String> = [
    "Input", "AbsVal", "BNLL", "BatchReindex", "Bias", "Clip", "Concat", "Crop", "Dropout", "ELU", "Eltwise", "Exp",
    "Filter",
    "Flatten", "Log", "PReLU", "Parameter", "Power", "ReLU", "Reshape", "Scale", "Sigmoid", "Silence", "Slice", "Split",
    "Swish", "TanH", "Threshold", "Tile"
  ]

  /// Runs the case and compares everything with the original's numbers.
  package func run(
    on engine: any Engine, registry: LayerRegistry = .standard, fusing: Bool = true
  ) -> ReferenceOutcome {
    var outcome = ReferenceOutcome(name: name, engine: engine.name, verdict: .ok)
    do {
      let content = try read()
      let missing = content.types.filter { registry[$0] == nil }.sorted()
      guard missing.isEmpty else {
        outcome.verdict = .skipped
        outcome.why = "no layer type \(missing.joined(separator: ", "))"
        return outcome
      }
      var context = Context(
        engine: engine, phase: content.phase, registry: registry, random: RandomSource(seed: 1))
      context.fusesLayers = fusing
      let net = try Net(content.net.net, context: context, locations: content.net.layerLocations)
      var comparison = ReferenceComparison(net: net, content: content)
      try comparison.run()
      outcome.difference = comparison.worst
      outcome.why = comparison.worstName.map { "at \($0)" } ?? ""
      guard comparison.compared > 0 else {
        throw CaffeError(.corrupt, file: folder, "there is nothing to compare; it needs out/ tensors")
      }
      if !(comparison.worst <= 1) { outcome.verdict = .failed }
    } catch {
      outcome.verdict = .failed
      outcome.difference = .infinity
      outcome.why = "\(error)"
    }
    return outcome
  }
}

/// One run of a net beside the original's tensors.
private struct ReferenceComparison {
  let net: Net
  let content: ReferenceCase.Content
  let isElementwise: Bool
  /// The largest share of what is allowed, and where.
  var worst = 0.0
  var worstName: String?
  var compared = 0

  init(net: Net, content: ReferenceCase.Content) {
    self.net = net
    self.content = content
    isElementwise = content.types.isSubset(of: ReferenceCase.elementwiseTypes)
  }

  mutating func run() throws {
    try setInputs()
    if let weights = content.weights { try net.loadWeights(file: weights) } else { try setParameters() }
    try net.forward()
    for (name, tensor) in content.tensors.under("out/") { try compare("out/\(name)", blob(name), \.data, tensor) }
    for (name, tensor) in content.tensors.under("after/") {
      try compare("after/\(name)", parameter(name), \.data, tensor)
    }
    guard content.backward else { return }
    net.clearGradients()
    for (name, tensor) in content.tensors.under("seed/") { try blob(name).setDiff(tensor.values) }
    try net.backward()
    for (name, tensor) in content.tensors.under("grad/") { try compare("grad/\(name)", blob(name), \.diff, tensor) }
    for (name, tensor) in content.tensors.under("pgrad/") {
      try compare("pgrad/\(name)", parameter(name), \.diff, tensor)
    }
  }

  private func setInputs() throws {
    let inputs = content.tensors.under("in/")
    for (name, tensor) in inputs { try blob(name).reshape(to: Shape(validating: tensor.shape)) }
    try net.reshape()
    for (name, tensor) in inputs { try blob(name).setData(tensor.values) }
  }

  /// In the order of the layers: where two share a parameter the last one written wins.
  private func setParameters() throws {
    let given = content.tensors.under("param/")
    for layer in net.layers {
      for (name, tensor) in given where name.hasPrefix("\(layer.name)/") {
        let blob = try parameter(name)
        try check(name, blob.shape, tensor.shape)
        try blob.setData(tensor.values)
      }
    }
    for (name, _) in given { _ = try parameter(name) }
  }

  private func blob(_ name: String) throws -> Blob {
    guard let blob = net.blob(named: name) else { throw CaffeError(.graph, "the net has no blob \"\(name)\"") }
    return blob
  }

  /// `layer/index`; a layer's name may have slashes too.
  private func parameter(_ path: String) throws -> Blob {
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let index = Int(path[slash...].dropFirst()) ?? -1
    guard let layer = net.layer(named: String(path[..<slash])), layer.blobs.indices.contains(index) else {
      throw CaffeError(.graph, "the net has no parameter \"\(path)\"")
    }
    return layer.blobs[index]
  }

  /// The original's Python interface gives a scalar one axis.
  private func check(_ name: String, _ got: Shape, _ want: [Int]) throws {
    guard got.extents == want || (got.extents.isEmpty && want == [1]) else {
      throw CaffeError(.shape, "\(name) has the shape \(got.extents), the original's \(want)")
    }
  }

  private mutating func compare(
    _ name: String, _ blob: Blob, _ part: KeyPath<Blob, Buffer>, _ want: SafeTensors.Tensor
  ) throws {
    try check(name, blob.shape, want.shape)
    // A parameter's gradient is a sum over the batch, whatever the layer.
    let tolerance: Tolerance = isElementwise && !name.hasPrefix("pgrad/") ? .elementwise : .sums
    let difference = tolerance.worstDifference(got: blob[keyPath: part].values, want: want.values)
    compared += 1
    let share = difference.size == 0 ? 0 : difference.allowed > 0 ? difference.size / difference.allowed : .infinity
    guard share > worst || share.isNaN else { return }
    worst = share
    worstName = difference.index.map { "\(name)[\($0)]" } ?? name
  }
}
