import CaffeCore
import CaffeSolvers

/// Rate policies without the numbers that they need.
struct RatePolicyRule: LintRule {
  let page = RulePage(
    "rate-policy", .error, summary: "The rate policy is unknown, or lacks one of its numbers.",
    text: """
      Each `lr_policy` has its own: `step` needs gamma and stepsize, `multistep` gamma and stepvalue, `inv` gamma and power, `exp` gamma, \
      `poly` power and max_iter, `sigmoid` gamma and stepsize; and each needs `base_lr`. The page on the solver has the formulas.
      """,
    wrong: """
      net_param {
        layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
        layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "t" top: "loss" }
      }
      base_lr: 0.01
      lr_policy: "step"
      stepsize: 50
      max_iter: 100
      """,
    right: """
      net_param {
        layer { name: "x" type: "DummyData" top: "x" top: "t" dummy_data_param { shape { dim: 2 dim: 4 } } }
        layer { name: "h" type: "InnerProduct" bottom: "x" top: "h" inner_product_param { num_output: 4 } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "h" bottom: "t" top: "loss" }
      }
      base_lr: 0.01
      lr_policy: "step"
      gamma: 0.1
      stepsize: 50
      max_iter: 100
      """)

  func check(_ solver: LintedSolver, report: (Remark) -> Void) {
    if !solver.solver.hasBaseLr {
      report(Remark("the solver has no base_lr, so its rate is 0; give one, such as 0.01", at: solver.place("base_lr")))
    }
    do {
      _ = try RatePolicy(solver.solver)
    } catch {
      report(Remark((error as? CaffeError)?.message ?? "\(error)", at: solver.place("lr_policy")))
    }
  }
}
