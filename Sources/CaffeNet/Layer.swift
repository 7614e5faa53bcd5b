import CaffeCore
import CaffeProto

/// What computes: the base class of all layers.
///
/// A subclass says *what* is computed, in operations of `context.engine`; it never touches a device or a thread. Its life:
///
/// 1. `init` checks the message and folds it into a small immutable value of the layer's own; the message isn't read
///    again. Shapes aren't known yet.
/// 2. `setUp`, once: makes the learned parameters in `blobs`, from the shapes of the bottoms.
/// 3. `reshape`, before every forward: checks the bottoms' shapes, sets the tops', makes plans.
/// 4. `forward` computes the tops from the bottoms; `backward` the bottoms' gradients from the tops', and adds to the
///    gradients of `blobs`.
///
/// The net checks `ports` before `setUp`, sets loss weights, and calls with the same blobs every time.
open class Layer {
  /// The name that prototxt files use, `Convolution`.
  open class var typeName: String { "" }
  /// How many bottoms and tops the layer takes.
  open class var ports: Ports { Ports() }

  /// Whether a top may be the bottom of the same place; where not, the net refuses such a graph.
  open class var allowsInPlace: Bool { false }

  /// The layer's name.
  public let name: String
  /// The engine, phase, random source and log to work with.
  public let context: Context
  /// The learned parameters, in the order in which model files have them.
  public final var blobs: [Blob] = []
  /// Whether the gradient of each parameter is wanted; the net sets it.
  public package(set) final var propagatesToParameter: [Bool] = []
  /// The weight of each top in the loss; 0 where it isn't part of it.
  public package(set) final var lossWeights: [Float] = []

  /// Checks `parameter`.
  ///
  /// - Throws: `CaffeError` when the message is wrong in itself.
  public required init(_ parameter: LayerParameter, context: Context) throws {
    name = parameter.name
    self.context = context
  }

  /// The engine to compute with.
  public final var engine: any Engine { context.engine }

  /// Makes the learned parameters; called once, before the first `reshape`.
  open func setUp(bottom: [Blob], top: [Blob]) throws {}

  /// Checks the bottoms' shapes and sets the tops'.
  open func reshape(bottom: [Blob], top: [Blob]) throws {}

  /// Whether `reshape` does the same wherever the shapes of bottoms, tops and parameters are the same: then it isn't called again before
  /// each forward.
  open class var reshapesByShapesAlone: Bool { false }

  /// Computes the tops' data.
  open func forward(bottom: [Blob], top: [Blob]) throws {}

  /// Computes `bottom[i].diff` where `propagateDown[i]`, overwriting it, and adds to the parameters' gradients.
  open func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {}

  /// Whether `force_backward` may ask for the gradient of bottom `index`; a loss says no for its labels.
  open func allowsForcedBackward(to index: Int) -> Bool { true }

  /// The loss weight of top `index` where the message gives none; a loss says 1 for its first top.
  open func defaultLossWeight(of index: Int) -> Float { 0 }

  /// The `lr_mult` of parameter `index` where the message gives none; 0 for what isn't learned from gradients, such as statistics.
  open func defaultRateMultiplier(ofParameter index: Int) -> Float { 1 }

  /// Multiplications and additions of one forward, each counted, for shapes that `reshape` has seen; 0 for a layer whose time is that of
  /// going over its values.
  open func operations(bottom: [Blob], top: [Blob]) -> Int { 0 }

  /// How the engine computes this layer, in a few words, where it had a choice.
  open var computedBy: String? { nil }

  /// An error about this layer.
  public final func error(_ code: CaffeError.Code, _ message: String) -> CaffeError {
    CaffeError(code, message, layer: name)
  }
}

/// How many bottoms and tops a layer takes.
public struct Ports: Hashable, Sendable {
  /// The numbers of bottoms that fit.
  public var bottoms: ClosedRange<Int>
  /// The numbers of tops that fit.
  public var tops: ClosedRange<Int>
  /// Whether there must be as many tops as bottoms.
  public var tied: Bool
  /// Whether the net adds unnamed tops until there are enough, as losses like it.
  public var fillsTops: Bool

  /// Makes a declaration; by default anything goes.
  public init(
    bottoms: ClosedRange<Int> = 0...Int.max, tops: ClosedRange<Int> = 0...Int.max, tied: Bool = false,
    fillsTops: Bool = false
  ) {
    self.bottoms = bottoms
    self.tops = tops
    self.tied = tied
    self.fillsTops = fillsTops
  }
}

/// A layer whose tops are records of a data set, which errors can name.
public protocol RecordSource: AnyObject {
  /// What to call the record at `index` of the current batch, for example `key 00000003 of examples/mnist/mnist_train_lmdb`.
  func recordName(at index: Int) -> String?
}
