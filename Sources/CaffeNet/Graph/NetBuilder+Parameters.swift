import CaffeCore
import CaffeProto

extension NetBuilder {
  /// Adds the layer's blobs to the net's parameters, sharing those whose name is known.
  ///
  /// - Returns: Whether one of them is learned, so that the layer takes part in the backward pass.
  mutating func addParameters(of layer: Layer, _ entry: LayerEntry) throws -> Bool {
    var specs = entry.parameter.param
    guard specs.count <= layer.blobs.count else {
      throw entry.error(
        .graph, "has \(specs.count) `param { }` but only \(layer.blobs.count) parameters; take the others out")
    }
    for index in specs.count..<layer.blobs.count {
      specs.append(ParamSpec())
      let multiplier = layer.defaultRateMultiplier(ofParameter: index)
      if multiplier != 1 { specs[index].lrMult = multiplier }
    }
    var learns = false
    layer.propagatesToParameter = layer.blobs.indices.map { index in
      let isLearned = specs[index].lrMult != 0
      learns = learns || isLearned
      return isLearned
    }
    for index in layer.blobs.indices {
      try addParameter(index, of: layer, spec: specs[index], entry)
    }
    return learns
  }

  private mutating func addParameter(_ index: Int, of layer: Layer, spec: ParamSpec, _ entry: LayerEntry) throws {
    let parameter = Parameter(
      blob: layer.blobs[index], layer: layer, index: index, name: spec.name, rateMultiplier: spec.lrMult,
      decayMultiplier: spec.decayMult)
    parameter.givenRateMultiplier = spec.hasLrMult ? spec.lrMult : nil
    parameter.givenDecayMultiplier = spec.hasDecayMult ? spec.decayMult : nil
    parameters.append(parameter)
    guard !spec.name.isEmpty else { return }
    guard let owner = ownerOfName[spec.name] else {
      ownerOfName[spec.name] = parameter
      return
    }
    info(
      "Sharing parameters '\(spec.name)' owned by layer '\(owner.layer.name)', param index \(owner.index)",
      at: "net.cpp:501")
    try checkSharing(parameter, owner, permissive: spec.shareMode == .permissive, entry)
    parameter.owner = owner
    parameter.blob.shareData(with: owner.blob)
    parameter.blob.shareDiff(with: owner.blob)
    owner.rateMultiplier = try shared(
      \.givenRateMultiplier, parameter, owner, "lr_mult", owner.rateMultiplier, entry)
    owner.decayMultiplier = try shared(
      \.givenDecayMultiplier, parameter, owner, "decay_mult", owner.decayMultiplier, entry)
    parameter.rateMultiplier = owner.rateMultiplier
    parameter.decayMultiplier = owner.decayMultiplier
  }

  private func checkSharing(_ parameter: Parameter, _ owner: Parameter, permissive: Bool, _ entry: LayerEntry) throws {
    let ownerSpecs = entries.first { $0.parameter.name == owner.layer.name }?.parameter.param ?? []
    let permissive =
      permissive || (owner.index < ownerSpecs.count && ownerSpecs[owner.index].shareMode == .permissive)
    let fits =
      permissive ? parameter.blob.count == owner.blob.count : parameter.blob.shape == owner.blob.shape
    guard !fits else { return }
    throw entry.error(
      .shape,
      "shares the parameter \"\(parameter.name)\" of the layer \"\(owner.layer.name)\", which has the shape "
        + "\(owner.blob.shape), but expects \(parameter.blob.shape); give both layers the same sizes"
        + (permissive ? "" : ", or share_mode: PERMISSIVE where only the counts agree"))
  }

  /// The multiplier of a shared parameter: what either layer gives; two different ones are an error.
  private func shared(
    _ given: ReferenceWritableKeyPath<Parameter, Float?>, _ parameter: Parameter, _ owner: Parameter, _ field: String,
    _ current: Float, _ entry: LayerEntry
  ) throws -> Float {
    guard let wanted = parameter[keyPath: given] else { return current }
    if let first = owner[keyPath: given], first != wanted {
      throw entry.error(
        .graph,
        "gives the shared parameter \"\(parameter.name)\" the \(field) \(wanted), but the layer "
          + "\"\(owner.layer.name)\" gives it \(first); give both the same")
    }
    owner[keyPath: given] = wanted
    return wanted
  }
}
