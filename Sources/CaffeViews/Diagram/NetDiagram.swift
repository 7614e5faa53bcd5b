import CaffeCore
import CaffeNet
import CaffeProto

/// A net as boxes and arrows: layers, with those that work in-place in the box of what they change, and the blobs between them.
public struct NetDiagram: Sendable {
  /// What a layer is one of; boxes of a kind have one colour.
  public enum Kind: String, CaseIterable, Sendable {
    case data, convolution, pooling, product, normalization, activation, shaping, arithmetic, loss, output, other
  }

  /// A box.
  public struct Box: Hashable, Sendable {
    /// The name of the layer, or of the output.
    public var title: String
    /// What it does: its type, and the numbers that matter; then the layers that are folded into it.
    public var lines: [String]
    /// What it is one of.
    public var kind: Kind
  }

  /// An arrow between two boxes.
  public struct Arrow: Hashable, Sendable {
    /// The index of the box that makes the blob.
    public var from: Int
    /// That of the box that reads it.
    public var to: Int
    /// The blob's shape, where it is known, else its name.
    public var label: String
  }

  /// The net's name and phase.
  public let title: String
  /// The boxes, in the order in which the layers compute.
  public let boxes: [Box]
  /// The arrows.
  public let arrows: [Arrow]
  /// Why there are no shapes, where there are none.
  public let reason: CaffeError?

  /// Makes the diagram of a net that has been read, in the context's phase; shapes are there if the net can be built.
  ///
  /// - Parameters:
  ///   - read: The net; layers of unknown types are boxes, too.
  ///   - context: The registry, the phase and so on.
  ///   - shapes: Shapes of inputs, where the net doesn't say them.
  ///   - level: The level of the net's state; the file's own without.
  ///   - stages: Stages of the net's state, beside the file's own.
  public init(
    _ read: NetFile, context: Context, shapes: [InputShape] = [], level: Int? = nil, stages: [String] = []
  ) throws {
    var state = read.net.state
    state.phase = context.phase
    if let level { state.level = Int32(clamping: level) }
    state.stage += stages
    let layers = read.layerIndices(in: state).map { read.net.layer[$0] }
    guard !layers.isEmpty else {
      throw CaffeError(
        .graph,
        "no layer of the net \"\(read.net.name)\" belongs to phase \(context.phase == .train ? "TRAIN" : "TEST")")
    }
    var known: [String: [Shape]] = [:]
    do {
      let summary = try NetSummary(read, context: context, shapes: shapes, level: level, stages: stages)
      for row in summary.rows { known[row.name] = row.tops.map(\.shape) }
      reason = nil
    } catch {
      // A picture without shapes is better than none.
      reason = error as? CaffeError
    }
    var builder = DiagramBuilder(shapes: known)
    for layer in layers { builder.add(layer) }
    builder.addOutputs()
    boxes = builder.boxes
    arrows = builder.arrows
    title = "\(read.net.name.isEmpty ? "net" : read.net.name), \(context.phase == .train ? "TRAIN" : "TEST")"
  }
}

/// Folds layers into boxes.
private struct DiagramBuilder {
  private struct Blob {
    var box: Int
    var shape: Shape?
    var isRead = false
  }

  private let shapes: [String: [Shape]]
  private(set) var boxes: [NetDiagram.Box] = []
  private(set) var arrows: [NetDiagram.Arrow] = []
  private var blobs: [String: Blob] = [:]
  private var order: [String] = []

  init(shapes: [String: [Shape]]) { self.shapes = shapes }

  mutating func add(_ layer: LayerParameter) {
    let shapes = shapes[layer.name] ?? []
    if layer.bottom.count == 1, layer.top == layer.bottom, let blob = blobs[layer.bottom[0]] {
      // It changes what is in the box that the blob comes from.
      boxes[blob.box].lines.append(layer.type == layer.name ? layer.type : "\(layer.type) \(layer.name)")
      return
    }
    let index = boxes.count
    boxes.append(NetDiagram.Box(title: layer.name, lines: [layer.whatItDoes], kind: layer.diagramKind))
    for bottom in layer.bottom {
      guard let blob = blobs[bottom] else { continue }
      blobs[bottom]?.isRead = true
      arrows.append(NetDiagram.Arrow(from: blob.box, to: index, label: label(bottom, blob.shape)))
    }
    for (position, top) in layer.top.enumerated() {
      if blobs[top] == nil { order.append(top) }
      blobs[top] = Blob(box: index, shape: position < shapes.count ? shapes[position] : nil)
    }
  }

  /// A box for each blob that nothing reads.
  mutating func addOutputs() {
    for name in order {
      guard let blob = blobs[name], !blob.isRead else { continue }
      arrows.append(NetDiagram.Arrow(from: blob.box, to: boxes.count, label: label(name, blob.shape)))
      boxes.append(NetDiagram.Box(title: name, lines: [], kind: .output))
    }
  }

  private func label(_ name: String, _ shape: Shape?) -> String {
    guard let shape else { return name }
    return shape.extents.isEmpty ? "1 value" : shape.extents.map(String.init).joined(separator: "×")
  }
}
