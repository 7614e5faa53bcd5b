/// The rules there are.
public enum LintRules {
  /// What the reader of prototxt files finds, and has a page for, too.
  static let reading: [RulePage] = [.unreadableFile, .syntax, .field, .upgrade]

  /// All rules, in the order of their pages.
  public static let all: [any LintRule] = [
    LayerTypeRule(), UnknownBottomRule(), BuildRule(), UnusedTopRule(),
    BatchNormWithoutScaleRule(), BiasBeforeBatchNormRule(), GlobalStatisticsRule(), BatchOfOneRule(),
    AccuracyLossWeightRule(), SoftmaxBeforeLossRule(), FrozenInPartRule(), DropoutRatioRule(),
    MeanFileSizeRule(), OneBasedLabelsRule(),
    SolverNetRule(), RatePolicyRule(), TestIterationsRule()
  ]

  /// The page of every rule.
  public static var pages: [RulePage] { reading + all.map(\.page) }
}
