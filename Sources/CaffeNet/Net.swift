import CaffeCore
import CaffeProto

/// A graph of layers with the blobs between them: what a prototxt describes.
///
/// `forward` computes all blobs from the data layers on, `backward` all gradients from the losses back. Building a net makes
/// layers and shapes; memory is taken when blobs are first used. Not thread-safe: one thread at a time.
public final class Net {
  /// A blob with its name.
  public struct NamedBlob {
    /// The name in the prototxt.
    public let name: String
    /// The blob.
    public let blob: Blob
  }

  /// The net's name.
  public let name: String
  /// What the net and its layers work with.
  public let context: Context
  /// The layers in the order in which they compute, splits included.
  public let layers: [Layer]
  /// The message of each layer as it is used: filtered, splits inserted.
  public let layerParameters: [LayerParameter]
  /// All blobs in the order in which they are first produced.
  public let blobs: [Blob]
  /// The name of each blob.
  public let blobNames: [String]
  /// The bottoms of each layer.
  public let bottoms: [[Blob]]
  /// The tops of each layer.
  public let tops: [[Blob]]
  /// The tops of the Input layers.
  public let inputs: [NamedBlob]
  /// The blobs that no layer reads, sorted by name.
  public let outputs: [NamedBlob]
  /// The weight of each output in the loss, 0 where it isn't part of it.
  public let outputLossWeights: [Float]
  /// All parameters of all layers, in order.
  public let parameters: [Parameter]
  /// The parameters that aren't shared from another one: what a solver updates and model files hold.
  public let learnable: [Parameter]
  /// Whether each layer takes part in the backward pass.
  public let layerNeedsBackward: [Bool]
  /// Whether the gradient of each bottom of each layer is wanted.
  public let bottomNeedsBackward: [[Bool]]
  /// Whether every pass logs the mean absolute value of what it computes.
  public var debugInfo: Bool

  /// Called before and after each layer's part of a pass; what it throws ends the pass.
  public var layerHook: ((LayerMoment, _ layer: Int) throws -> Void)?

  /// Called after layers, one or those that are computed at once, have added to the gradients of their parameters.
  package var gradientHook: ((_ layers: ClosedRange<Int>) throws -> Void)?

  /// How many batches data layers have read or passed over, by layer.
  package internal(set) var batchesRead: [Int: UInt64] = [:]

  /// When memory is given back; nothing where all values are kept.
  var releases: ReleasePlan?

  /// What each layer was reshaped for.
  var reshaped: [ReshapedFor]

  private let entries: [LayerEntry]
  private let indexOfBlob: [String: Int]
  private let indexOfLayer: [String: Int]
  /// For each layer those that it is computed with at once, if any.
  private(set) lazy var fusions = makeFusions()

  /// Builds the net that `parameter`, upgraded to today's form, describes in its state.
  ///
  /// - Parameters:
  ///   - parameter: The net. Its `state` picks the layers; the phase is the context's.
  ///   - context: The engine, phase and so on.
  ///   - locations: Where each of `parameter.layer` stands in its file, for errors.
  /// - Throws: `CaffeError` that names the layer, and its place if known, when the graph or a layer is wrong.
  public init(_ parameter: NetParameter, context: Context, locations: [FileLocation] = []) throws {
    var builder = NetBuilder(parameter, context: context, locations: locations)
    try builder.build()
    name = parameter.name
    self.context = context
    debugInfo = parameter.debugInfo
    entries = builder.entries
    layerParameters = builder.entries.map(\.parameter)
    layers = builder.layers
    reshaped = builder.layers.map { _ in ReshapedFor() }
    blobs = builder.blobs
    blobNames = builder.blobNames
    bottoms = builder.bottoms.map { $0.map { builder.blobs[$0] } }
    tops = builder.tops.map { $0.map { builder.blobs[$0] } }
    inputs = builder.inputs.map { NamedBlob(name: builder.blobNames[$0], blob: builder.blobs[$0]) }
    outputs = builder.outputs.map { NamedBlob(name: builder.blobNames[$0], blob: builder.blobs[$0]) }
    outputLossWeights = builder.outputs.map { builder.lossWeight[$0, default: 0] }
    parameters = builder.parameters
    learnable = builder.parameters.filter { $0.owner == nil }
    layerNeedsBackward = builder.layerNeedsBackward
    bottomNeedsBackward = builder.bottomNeedsBackward
    indexOfBlob = builder.indexOfBlob
    indexOfLayer = Dictionary(
      builder.layers.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// The phase that the net was built for.
  public var phase: Phase { context.phase }

  /// The blob called `name`.
  public func blob(named name: String) -> Blob? { indexOfBlob[name].map { blobs[$0] } }

  /// The layer called `name`.
  public func layer(named name: String) -> Layer? { indexOfLayer[name].map { layers[$0] } }

  /// Computes the layers `first...last`, all by default.
  ///
  /// - Returns: The sum of the losses, each times its weight.
  /// - Throws: `CaffeError` that names the layer.
  @discardableResult
  public func forward(from first: Int = 0, through last: Int? = nil) throws -> Float {
    var loss: Float = 0
    try compute(from: first, through: last ?? layers.count - 1) { loss += readLoss(ofLayer: $0) }
    return loss
  }

  /// Computes all layers without reading the losses: an engine that computes later isn't waited for.
  package func forwardLeavingLosses() throws { try compute(from: 0, through: layers.count - 1) { _ in } }

  /// Computes the layers `first...last`; `each` is called after each that is computed alone.
  func compute(from first: Int, through last: Int, each: (_ layer: Int) -> Void) throws {
    guard first <= last else { return }
    try prepareForward(of: first...last)
    // Who computes a part of the net may want to go on from any of its values.
    let releases = first == 0 && last == layers.count - 1 ? releases : nil
    var index = first
    while index <= last {
      let begin = index
      if let fusion = fusion(at: index, through: last) {
        try forward(fusion)
        index = fusion.range.upperBound
      } else {
        try layerHook?(.beforeForward, index)
        try forwardAlone(index)
        each(index)
        if debugInfo { logForward(index) }
        try layerHook?(.afterForward, index)
      }
      releases?.releaseAfterForward(begin...index)
      index += 1
    }
  }

  /// Computes layer `index` alone.
  ///
  /// - Returns: The layer's part of the loss.
  package func forward(layer index: Int) throws -> Float {
    try prepareForward(of: index...index)
    try forwardAlone(index)
    return readLoss(ofLayer: index)
  }

  private func forwardAlone(_ index: Int) throws {
    let layer = layers[index]
    try entries[index].naming {
      try describingRecords(layer: index) {
        try reshape(layer: index)
        context.engine.begin(layer.name)
        try layer.forward(bottom: bottoms[index], top: tops[index])
      }
      try context.engine.check()
      if layer is any ResumableSource { batchesRead[index, default: 0] += 1 }
    }
    for (position, weight) in layer.lossWeights.enumerated() where weight != 0 {
      let top = tops[index][position]
      context.engine.fill(top.diff, count: top.count, with: weight)
    }
  }

  /// Computes the gradients of the layers `first...last` in turn, from the last layer to the first by default.
  ///
  /// Gradients of parameters are added to what they hold: call `clearGradients` first.
  public func backward(from first: Int? = nil, through last: Int = 0) throws {
    let start = max(last, first ?? layers.count - 1)
    let releases = last == 0 && start == layers.count - 1 ? releases : nil
    var index = start
    while index >= last {
      let begin = index
      if let fusion = fusion(endingAt: index, from: last) {
        try backward(fusion)
        index = fusion.range.lowerBound
        try gradientHook?(index...begin)
      } else if layerNeedsBackward[index] {
        try layerHook?(.beforeBackward, index)
        try backward(layer: index)
        try gradientHook?(index...index)
        if debugInfo { logBackward(index) }
        try layerHook?(.afterBackward, index)
      }
      releases?.releaseAfterBackward(index...begin)
      index -= 1
    }
    if debugInfo { logParameterNorms() }
  }

  /// Computes the gradients of layer `index` alone.
  package func backward(layer index: Int) throws {
    if let fusion = fusions[index], fusion.isCurrent { try separate(fusion) }
    try entries[index].naming {
      try describingRecords(layer: index) {
        context.engine.begin(layers[index].name)
        try layers[index].backward(
          top: tops[index], propagateDown: bottomNeedsBackward[index], bottom: bottoms[index])
      }
      try context.engine.check()
    }
  }

  /// Sets the gradients of all parameters to zero.
  public func clearGradients() {
    for parameter in learnable {
      context.engine.fill(parameter.blob.diff, count: parameter.blob.count, with: 0)
    }
  }

  /// Runs `body`, whose errors get the name and the place of layer `index`.
  func naming(_ index: Int, _ body: () throws -> Void) throws { try entries[index].naming(body) }
}

/// When a net's `layerHook` is called.
public enum LayerMoment: Int, CaseIterable, Sendable {
  /// Before the layer computes its tops.
  case beforeForward
  /// After that.
  case afterForward
  /// Before the layer computes gradients; a layer that doesn't take part in the backward pass isn't asked.
  case beforeBackward
  /// After that.
  case afterBackward
}
