import CaffeNet

/// The layer types that need no file and no interpreter.
public enum StandardLayers {
  /// All of them, by group. A registry is made of it: `LayerRegistry(StandardLayers.types)`.
  public static let types: [Layer.Type] =
    input + activation + math + normalization + recurrent + shaping + vision + loss

  private static let input: [Layer.Type] = [
    DummyDataLayer.self, InputLayer.self, MemoryDataLayer.self, ParameterLayer.self
  ]

  private static let activation: [Layer.Type] = [
    AbsValLayer.self, BNLLLayer.self, ClipLayer.self, DropoutLayer.self, ELULayer.self, ExpLayer.self, LogLayer.self,
    PReLULayer.self, PowerLayer.self, ReLULayer.self, SigmoidLayer.self, SwishLayer.self, TanHLayer.self,
    ThresholdLayer.self
  ]

  private static let math: [Layer.Type] = [
    ArgMaxLayer.self, BiasLayer.self, EltwiseLayer.self, EmbedLayer.self, InnerProductLayer.self, ReductionLayer.self,
    ScaleLayer.self
  ]

  private static let normalization: [Layer.Type] = [
    BatchNormLayer.self, LRNLayer.self, MVNLayer.self, SoftmaxLayer.self
  ]

  private static let recurrent: [Layer.Type] = [LSTMLayer.self, LSTMUnitLayer.self, RNNLayer.self]

  private static let shaping: [Layer.Type] = [
    BatchReindexLayer.self, ConcatLayer.self, FilterLayer.self, FlattenLayer.self, ReshapeLayer.self, SilenceLayer.self,
    SliceLayer.self, SplitLayer.self, TileLayer.self
  ]

  private static let vision: [Layer.Type] = [
    ConvolutionLayer.self, CropLayer.self, DeconvolutionLayer.self, Im2colLayer.self, PoolingLayer.self, SPPLayer.self
  ]

  private static let loss: [Layer.Type] = [
    AccuracyLayer.self, ContrastiveLossLayer.self, EuclideanLossLayer.self, HingeLossLayer.self, InfogainLossLayer.self,
    MultinomialLogisticLossLayer.self, SigmoidCrossEntropyLossLayer.self, SoftmaxWithLossLayer.self
  ]
}
