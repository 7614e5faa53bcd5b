/// Nets that a solver names and that aren't there.
struct SolverNetRule: LintRule {
  let page = RulePage(
    "solver-net", .warning, summary: "A net that the solver names isn't there.",
    text: """
      Paths in a solver count from the folder that `caffe` is started in, not from the solver's: the examples are run from the project's \
      root.
      """,
    wrong: """
      net: "nowhere/net.prototxt"
      base_lr: 0.01
      lr_policy: "fixed"
      max_iter: 100
      """,
    right: """
      net_param {
        layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
        layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "t" top: "loss" }
      }
      base_lr: 0.01
      lr_policy: "fixed"
      max_iter: 100
      """)

  func check(_ solver: LintedSolver, report: (Remark) -> Void) {
    for (field, file) in solver.missingNets {
      report(
        Remark(
          "there is no net \"\(file)\"; its path counts from the folder that caffe is started in",
          at: solver.place(field)))
    }
  }
}
