/// The names of the layer types in the three forms that nets have had.
enum LayerTypes {
  /// Today's name by the number of V1's enum.
  static func newName(of number: Int) -> String? {
    V1LayerParameter.LayerType(rawValue: number).flatMap { names[$0] }
  }

  /// Today's name of a V1 type; "" for none.
  static func newName(of type: V1LayerParameter.LayerType) -> String { names[type] ?? "" }

  /// V1's name for today's name.
  static func oldName(of name: String) -> String? {
    guard let type = names.first(where: { $0.value == name })?.key else { return nil }
    return Schema.caffe.enums["V1LayerParameter.LayerType"]?.name(of: type.rawValue)
  }

  private static let names: [V1LayerParameter.LayerType: String] = [
    .absval: "AbsVal", .accuracy: "Accuracy", .argmax: "ArgMax", .bnll: "BNLL", .concat: "Concat",
    .contrastiveLoss: "ContrastiveLoss", .convolution: "Convolution", .data: "Data",
    .deconvolution: "Deconvolution", .dropout: "Dropout", .dummyData: "DummyData", .eltwise: "Eltwise",
    .euclideanLoss: "EuclideanLoss", .exp: "Exp", .flatten: "Flatten", .hdf5Data: "HDF5Data",
    .hdf5Output: "HDF5Output", .hingeLoss: "HingeLoss", .im2Col: "Im2col", .imageData: "ImageData",
    .infogainLoss: "InfogainLoss", .innerProduct: "InnerProduct", .lrn: "LRN", .memoryData: "MemoryData",
    .multinomialLogisticLoss: "MultinomialLogisticLoss", .mvn: "MVN", .pooling: "Pooling", .power: "Power",
    .relu: "ReLU", .sigmoid: "Sigmoid", .sigmoidCrossEntropyLoss: "SigmoidCrossEntropyLoss",
    .silence: "Silence", .slice: "Slice", .softmax: "Softmax", .softmaxLoss: "SoftmaxWithLoss",
    .split: "Split", .tanh: "TanH", .threshold: "Threshold", .windowData: "WindowData"
  ]

  /// V1's type by the name that V0 gave it.
  static let oldest: [String: V1LayerParameter.LayerType] = [
    "accuracy": .accuracy, "bnll": .bnll, "concat": .concat, "conv": .convolution, "data": .data,
    "dropout": .dropout, "euclidean_loss": .euclideanLoss, "flatten": .flatten, "hdf5_data": .hdf5Data,
    "hdf5_output": .hdf5Output, "im2col": .im2Col, "images": .imageData, "infogain_loss": .infogainLoss,
    "innerproduct": .innerProduct, "lrn": .lrn, "multinomial_logistic_loss": .multinomialLogisticLoss,
    "pool": .pooling, "relu": .relu, "sigmoid": .sigmoid, "softmax": .softmax, "softmax_loss": .softmaxLoss,
    "split": .split, "tanh": .tanh, "window_data": .windowData
  ]
}
