import CaffeCore
import CaffeProto

/// What remains of a net to train when it is put to use: inputs in place of data layers, predictions in place of losses.
///
/// The net is that of phase TEST. Data layers become Input layers, and their labels, with all that needs them, go. Of
/// the losses the one with the largest weight, the last of equal ones, becomes what it predicts with: SoftmaxWithLoss and InfogainLoss a
/// Softmax, SigmoidCrossEntropyLoss a Sigmoid, the others nothing; what only the other losses need goes. Accuracy, Silence and
/// HDF5Output layers go. Rules, rates and fillers, which mean nothing now, are left out; dropout stays, since it does nothing at TEST.
public struct Deployment {
  /// A blob that comes from outside.
  public struct Input {
    /// Its name.
    public let name: String
    /// The layer that it came from in training.
    public let source: LayerParameter
    /// Which of that layer's tops it was.
    public let top: Int
  }

  /// What comes from outside.
  public private(set) var inputs: [Input] = []
  private let name: String
  private var layers: [LayerParameter] = []

  /// The type of layer that makes a loss's predictions; nil where its bottom is the prediction.
  private static let losses: [String: String?] = [
    "SoftmaxWithLoss": "Softmax", "InfogainLoss": "Softmax", "SigmoidCrossEntropyLoss": "Sigmoid", "EuclideanLoss": nil,
    "HingeLoss": nil, "ContrastiveLoss": nil, "MultinomialLogisticLoss": nil
  ]
  private static let sinks: Set<String> = ["Accuracy", "Silence", "HDF5Output"]

  /// Looks through `parameter`, a net in today's form.
  ///
  /// - Throws: `CaffeError` of code `graph` when nothing that could be put to use is left.
  public init(_ parameter: NetParameter) throws {
    name = parameter.name
    var state = parameter.state
    state.phase = .test
    let entries = parameter.layer.map { LayerEntry(parameter: $0, location: nil) }
    let all = try StateFilter(state: state, logger: .silent).apply(to: entries).map(\.parameter)
    let sources = all.filter { $0.bottom.isEmpty && $0.type != "Parameter" }
    inputs = sources.flatMap { layer in
      layer.top.enumerated().map { Input(name: $0.element, source: layer, top: $0.offset) }
    }.filter { input in all.contains { Deployment.uses($0, input.name) } }

    var available = Set(inputs.map(\.name))
    var losses: [LayerParameter] = []
    for layer in all where !layer.bottom.isEmpty || layer.type == "Parameter" {
      if Deployment.losses.keys.contains(layer.type) {
        if let scores = layer.bottom.first, available.contains(scores) { losses.append(layer) }
      } else if !Deployment.sinks.contains(layer.type), layer.bottom.allSatisfy(available.contains) {
        available.formUnion(layer.top)
        layers.append(Deployment.cleaned(layer))
      }
    }
    prune(losses: losses, all: all)
    guard !layers.isEmpty, !inputs.isEmpty else {
      throw CaffeError(
        .graph,
        "nothing of the net \"\(name)\" is left in phase TEST without data layers and losses; give the net that is trained"
      )
    }
  }

  /// The net to use, with inputs of these shapes, in the order of `inputs`.
  public func net(shapes: [[Int]]) -> NetParameter {
    var net = NetParameter()
    if !name.isEmpty { net.name = name }
    net.layer = zip(inputs, shapes).map { input, shape in
      var layer = LayerParameter()
      layer.name = input.name
      layer.type = "Input"
      layer.top = [input.name]
      var message = BlobShape()
      message.dim = shape.map(Int64.init)
      layer.inputParam.shape = [message]
      return layer
    }
    net.layer += layers
    return net
  }

  /// Whether `layer` reads `blob` for more than a comparison with labels.
  private static func uses(_ layer: LayerParameter, _ blob: String) -> Bool {
    if sinks.contains(layer.type) { return false }
    let bottoms = losses.keys.contains(layer.type) ? layer.bottom.prefix(1) : layer.bottom[...]
    return bottoms.contains(blob)
  }

  private mutating func prune(losses: [LayerParameter], all: [LayerParameter]) {
    let main = losses.reversed().max { Deployment.weight($0) < Deployment.weight($1) }
    // What nothing ever read is meant to be read from outside.
    let read = Set(all.flatMap(\.bottom))
    var needed = Set(layers.flatMap(\.top).filter { !read.contains($0) })
    if let main, let scores = main.bottom.first {
      needed.insert(scores)
      if let type = Deployment.losses[main.type] ?? nil {
        layers.append(prediction(type, of: main, scores))
        needed.formUnion(layers.last?.top ?? [])
      }
    }
    guard !needed.isEmpty else { return }
    layers = layers.reversed().filter { layer in
      guard layer.top.contains(where: needed.contains) else { return false }
      needed.formUnion(layer.bottom)
      return true
    }.reversed()
    inputs.removeAll { !needed.contains($0.name) }
  }

  private func prediction(_ type: String, of loss: LayerParameter, _ scores: String) -> LayerParameter {
    var layer = LayerParameter()
    let isTaken = layers.contains { $0.name == "prob" || $0.top.contains("prob") }
    layer.name = isTaken ? loss.name : "prob"
    layer.type = type
    layer.bottom = [scores]
    layer.top = [layer.name]
    if loss.hasSoftmaxParam { layer.softmaxParam = loss.softmaxParam }
    return layer
  }

  private static func weight(_ loss: LayerParameter) -> Float { loss.lossWeight.first ?? 1 }

  private static func cleaned(_ layer: LayerParameter) -> LayerParameter {
    var layer = layer
    layer.include = []
    layer.exclude = []
    layer.propagateDown = []
    layer.lossWeight = []
    layer.blobs = []
    layer.clearPhase()
    // Only names, by which parameters are shared, mean something.
    let names = layer.param.map(\.name)
    layer.param =
      names.allSatisfy(\.isEmpty)
      ? []
      : names.map { name in
        var spec = ParamSpec()
        if !name.isEmpty { spec.name = name }
        return spec
      }
    if layer.hasConvolutionParam {
      layer.convolutionParam.clearWeightFiller()
      layer.convolutionParam.clearBiasFiller()
    }
    if layer.hasInnerProductParam {
      layer.innerProductParam.clearWeightFiller()
      layer.innerProductParam.clearBiasFiller()
    }
    return layer
  }
}
