/// Matrix products.
public protocol GemmOps {
  /// Computes `C = alpha · op(A) · op(B) + beta · C` over row-major matrices that begin at offsets in buffers.
  ///
  /// `beta` 0 overwrites C whatever it held.
  func gemm(_ spec: GemmSpec, _ a: Operand, _ b: Operand, into c: Operand)

  /// Prepares products of a batch of rows with one weight matrix.
  func planInnerProduct(_ spec: InnerProductSpec) throws -> any InnerProductPlan
}

/// A place in a buffer where an operand begins.
public struct Operand {
  /// The buffer.
  public var buffer: Buffer
  /// The index of the first value.
  public var offset: Int

  /// Makes an operand.
  public init(_ buffer: Buffer, offset: Int = 0) {
    self.buffer = buffer
    self.offset = offset
  }
}

/// The sizes and scales of a matrix product: op(A) is rows × inner, op(B) inner × columns, C rows × columns.
public struct GemmSpec: Hashable, Sendable {
  /// Rows of op(A) and of C.
  public var rows: Int
  /// Columns of op(B) and of C.
  public var columns: Int
  /// Columns of op(A), rows of op(B).
  public var inner: Int
  /// Whether A is stored as inner × rows.
  public var transposeA: Bool
  /// Whether B is stored as columns × inner.
  public var transposeB: Bool
  /// The product's factor.
  public var alpha: Float
  /// The factor of what C held.
  public var beta: Float

  /// Makes a spec.
  public init(
    rows: Int, columns: Int, inner: Int, transposeA: Bool = false, transposeB: Bool = false, alpha: Float = 1,
    beta: Float = 0
  ) {
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.transposeA = transposeA
    self.transposeB = transposeB
    self.alpha = alpha
    self.beta = beta
  }
}

/// The sizes of an inner product layer: `Y[rows × outputs] = X[rows × inputs] · op(W) + 1 · bᵀ`.
public struct InnerProductSpec: Hashable, Sendable {
  /// Vectors in the batch.
  public var rows: Int
  /// Values in an input vector.
  public var inputs: Int
  /// Values in an output vector.
  public var outputs: Int
  /// Whether the weights are stored as inputs × outputs; otherwise, as usual in Caffe, as outputs × inputs.
  public var transposedWeights: Bool

  /// Makes a spec.
  public init(rows: Int, inputs: Int, outputs: Int, transposedWeights: Bool = false) {
    self.rows = rows
    self.inputs = inputs
    self.outputs = outputs
    self.transposedWeights = transposedWeights
  }
}

/// A prepared inner product.
public protocol InnerProductPlan: AnyObject {
  /// How it was computed last, in a few words for people.
  var method: String { get }
  /// Computes the outputs; `bias` has `outputs` values.
  func forward(input: Buffer, weights: Buffer, bias: Buffer?, output: Buffer)
  /// Computes the gradient of the inputs, overwriting it.
  func backwardData(outputGradient: Buffer, weights: Buffer, inputGradient: Buffer)
  /// Adds the gradients of weights and bias to what the buffers hold; a `nil` one isn't wanted.
  func backwardParameters(input: Buffer, outputGradient: Buffer, weightGradient: Buffer?, biasGradient: Buffer?)
}
