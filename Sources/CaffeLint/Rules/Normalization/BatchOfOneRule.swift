import CaffeNet
import CaffeProto

/// BatchNorm layers that are trained with batches of one record.
struct BatchOfOneRule: LintRule {
  let page = RulePage(
    "batch-of-one", .warning, summary: "A net with BatchNorm is trained with batches of one record.",
    text: """
      The statistics of one record aren't those of the data, and where it has one value a channel, all that is left of it is 0. Take larger \
      batches (`iter_size` doesn't help: BatchNorm sees each batch alone), or freeze the statistics of a trained net with \
      `use_global_stats: true`.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } } }
      layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "scale" bottom: "t" top: "loss" }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 16 dim: 3 dim: 8 dim: 8 } } }
      layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "scale" bottom: "t" top: "loss" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    guard net.isTrained, net.phase == .train else { return }
    let names = net.layers.filter { $0.type == "BatchNorm" && !$0.batchNormParam.useGlobalStats }.map(\.name)
    guard let first = names.first else { return }
    for (index, layer) in net.layers.enumerated() where layer.batch == 1 {
      report(
        Remark(
          "batches of one record in a net with BatchNorm (\"\(first)\"), whose statistics would be of that record; "
            + "take larger batches",
          at: net.place(
            index, "data_param.batch_size", "image_data_param.batch_size", "window_data_param.batch_size",
            "hdf5_data_param.batch_size", "memory_data_param.batch_size", "dummy_data_param.shape.dim",
            "input_param.shape.dim"), layer: layer.name))
    }
  }
}

extension LayerParameter {
  /// The number of records in a batch of a layer that brings them in.
  fileprivate var batch: Int? {
    switch type {
    case "Input": inputParam.shape.first?.dim.first.flatMap { Int(exactly: $0) }
    case "DummyData":
      (dummyDataParam.shape.first?.dim.first ?? dummyDataParam.num.first.map(Int64.init)).flatMap { Int(exactly: $0) }
    default: recordsPerBatch
    }
  }
}
