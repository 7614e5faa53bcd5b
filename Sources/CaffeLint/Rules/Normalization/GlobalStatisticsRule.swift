import CaffeProto

/// `use_global_stats` that is the wrong way round for the phase.
struct GlobalStatisticsRule: LintRule {
  let page = RulePage(
    "global-statistics", .warning, summary: "`use_global_stats` is wrong for the phase.",
    text: """
      In training, BatchNorm is to use the statistics of the batch and to learn the global ones; in testing, to use those. It does so by \
      itself when the field is left out. With `true` in training the statistics stay those that the weights came with: right only where \
      a trained net is tuned with its BatchNorm layers frozen. With `false` in testing, each result depends on the other records of its batch.
      """,
    wrong: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 4 dim: 3 } } }
      layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" batch_norm_param { use_global_stats: true } }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "scale" bottom: "t" top: "loss" }
      """,
    right: """
      layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 4 dim: 3 } } }
      layer { name: "bn" type: "BatchNorm" bottom: "x" top: "bn" }
      layer { name: "scale" type: "Scale" bottom: "bn" top: "scale" scale_param { bias_term: true } }
      layer { name: "loss" type: "EuclideanLoss" bottom: "scale" bottom: "t" top: "loss" }
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated()
    where layer.type == "BatchNorm" && layer.batchNormParam.hasUseGlobalStats {
      let uses = layer.batchNormParam.useGlobalStats
      guard uses == (net.phase == .train), net.isTrained || !uses else { continue }
      let effect =
        uses
        ? "the statistics aren't learned in phase TRAIN" : "results depend on the batch in phase TEST"
      report(
        Remark(
          "with use_global_stats: \(uses) \(effect); leave the field out, and each phase does what is right for it",
          at: net.place(index, "batch_norm_param.use_global_stats"), layer: layer.name))
    }
  }
}
