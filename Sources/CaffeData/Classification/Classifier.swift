import CaffeCore
import CaffeNet
import CaffeProto
import Dispatch
import Synchronization

/// A class with its score.
public struct Prediction: Hashable, Sendable {
  /// The class, from 0.
  public let index: Int
  /// What the net gives for it: a probability if its last layer is a Softmax.
  public let score: Float
}

/// A trained net that says what is in pictures.
///
/// ```swift
/// let classifier = try Classifier(model: "deploy.prototxt", weights: ["net.caffemodel"], context: Context(phase: .test))
/// let best = try classifier.scores(of: [Picture.read(file: "cat.jpg")])[0].best(5)
/// ```
public final class Classifier {
  /// The net.
  public let net: Net
  /// What is done to pictures.
  public let preprocessing: Preprocessing
  /// The number of classes, once the net has run; 0 before.
  public private(set) var classCount = 0

  package let input: Blob
  package let output: Blob
  private let shape: DatumShape

  /// Builds the net of a deploy prototxt and loads its weights.
  ///
  /// - Parameters:
  ///   - model: The prototxt: one input of four axes, 1 or 3 channels.
  ///   - weights: Weights files.
  ///   - preprocessing: What is done to pictures; by default what the file beside the weights says, else the one beside the model, else nothing.
  ///   - output: The blob of scores; by default the first output.
  ///   - context: The engine and so on, of phase TEST.
  ///   - unknownFields: What to do with a field that the schema doesn't have.
  ///   - forceBackward: Whether gradients can be computed down to the picture, whatever the prototxt says.
  /// - Throws: `CaffeError` where the files are wrong or the net isn't such a one.
  public init(
    model: String, weights: [String], preprocessing: Preprocessing? = nil, output: String? = nil, context: Context,
    unknownFields: UnknownFieldPolicy = .error, forceBackward: Bool = false
  ) throws {
    let net = try Classifier.net(model, context, unknownFields, forceBackward)
    for file in weights { try net.loadWeights(file: file) }
    self.net = net
    self.preprocessing = try preprocessing ?? Classifier.preprocessing(model: model, weights: weights, context: context)
    guard net.inputs.count == 1, let first = net.inputs.first?.blob else {
      throw CaffeError(
        .graph, file: model,
        "the net has \(net.inputs.count) inputs where a classifier needs one; give a deploy prototxt, which caffe deploy makes"
      )
    }
    guard first.shape.axisCount == 4, first.shape[1] == 1 || first.shape[1] == 3 else {
      throw CaffeError(
        .shape, file: model,
        "the input has the shape \(first.shape); a classifier needs pictures × channels × height × width, 1 or 3 channels"
      )
    }
    input = first
    let named = output.map { net.blob(named: $0) } ?? net.outputs.first?.blob
    guard let named else {
      throw CaffeError(
        .graph, file: model,
        "the net has no blob \"\(output ?? "")\" to take scores from; outputs: \(net.outputs.map(\.name).joined(separator: ", "))"
      )
    }
    self.output = named
    shape = DatumShape(channels: first.shape[1], height: first.shape[2], width: first.shape[3])
  }

  private static func net(
    _ model: String, _ context: Context, _ unknownFields: UnknownFieldPolicy, _ forceBackward: Bool
  ) throws -> Net {
    guard forceBackward else { return try Net(file: model, context: context, unknownFields: unknownFields) }
    var read = try NetReader.readNet(
      file: context.path(model), unknownFields: unknownFields, notes: { context.log($0) })
    read.net.forceBackward = true
    return try Net(read.net, context: context, locations: read.layerLocations)
  }

  /// What the files beside the weights, or else beside the model, say.
  public static func preprocessing(model: String, weights: [String], context: Context) throws -> Preprocessing {
    for file in weights + [model] {
      if let found = try Preprocessing.beside(context.path(file)) { return found }
    }
    return Preprocessing()
  }

  /// The scores of all classes for each of `pictures`, run as one batch.
  public func scores(of pictures: [Picture]) throws -> [[Float]] {
    guard !pictures.isEmpty else { return [] }
    input.reshape(to: try Shape(validating: [pictures.count, shape.channels, shape.height, shape.width]))
    let (preprocessing, shape) = (preprocessing, shape)
    try input.setData(inParallel(pictures) { try preprocessing.values(of: $0, for: shape) }.flatMap { try $0.get() })
    try net.forward()
    let values = output.data.values
    guard values.count > 0, values.count.isMultiple(of: pictures.count) else {
      throw CaffeError(
        .shape, "the scores have the shape \(output.shape), which isn't so many a picture of \(pictures.count)")
    }
    classCount = values.count / pictures.count
    return (0..<pictures.count).map { Array(values[($0 * classCount)..<(($0 + 1) * classCount)]) }
  }
}

extension [Float] {
  /// The `count` largest with their places, the largest first; of equal ones, the one that comes first.
  public func best(_ count: Int) -> [Prediction] {
    indices.sorted { self[$0] != self[$1] ? self[$0] > self[$1] : $0 < $1 }
      .prefix(count).map { Prediction(index: $0, score: self[$0]) }
  }
}

/// `body` for each of `items`, on all cores.
package func inParallel<Item: Sendable, Value: Sendable>(
  _ items: [Item], _ body: @Sendable (Item) throws -> Value
) -> [Result<Value, any Error>] {
  let outcomes = Mutex([Result<Value, any Error>?](repeating: nil, count: items.count))
  DispatchQueue.concurrentPerform(iterations: items.count) { index in
    let outcome = Result { try body(items[index]) }
    outcomes.withLock { $0[index] = outcome }
  }
  return outcomes.withLock { $0.compactMap { $0 } }
}
