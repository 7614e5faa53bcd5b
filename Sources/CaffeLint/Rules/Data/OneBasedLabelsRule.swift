import CaffeData
import CaffeNet
import CaffeProto

/// Labels that count from 1.
struct OneBasedLabelsRule: LintRule {
  let page = RulePage(
    "one-based-labels", .warning, summary: "The labels seem to count from 1.",
    text: """
      Labels of K classes are 0 to K − 1. Where the largest is K, training ends with an error at the first such record; where the last layer \
      has one output more than classes, output 0 is never wanted. Count from 0 in the list that the data are made of. Looked at \
      where the data are there: of a database, the first 20,000 records.
      """)

  /// With fewer labels than this, that a 0 is missing says nothing.
  private static let least = 100

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated() where layer.isRecordSource && layer.top.count > 1 {
      let facts = net.data.of(layer)
      guard let labels = facts.labels, labels.lowerBound == 1, let classes = classes(readingLabelsOf: index, net) else {
        continue
      }
      let isBeyond = labels.upperBound == classes
      guard isBeyond || (facts.labelsSeen >= OneBasedLabelsRule.least && labels.upperBound == classes - 1) else {
        continue
      }
      let consequence = isBeyond ? "\(classes) is one too many for \(classes) outputs" : "output 0 is never wanted"
      report(
        Remark(
          "the labels run from 1 to \(labels.upperBound), and \(consequence); labels count from 0",
          at: net.place(index, "data_param.source", "image_data_param.source"), layer: layer.name))
    }
  }

  /// The number of outputs of the layer whose scores are compared with the labels of layer `index`.
  private func classes(readingLabelsOf index: Int, _ net: LintedNet) -> Int? {
    for reader in net.readers[index][1] where net.layers[reader].type == "SoftmaxWithLoss" {
      guard let source = net.source(of: reader) else { continue }
      let layer = net.layers[source]
      switch layer.type {
      case "InnerProduct": return Int(layer.innerProductParam.numOutput)
      case "Convolution": return Int(layer.convolutionParam.numOutput)
      default: continue
      }
    }
    return nil
  }
}
