import CaffeData
import CaffeProto

/// Mean pictures that aren't of the size of what they are subtracted from.
struct MeanFileSizeRule: LintRule {
  let page = RulePage(
    "mean-file-size", .error, summary: "The mean picture hasn't the size of the data.",
    text: """
      `mean_file` is subtracted before a picture is cut to `crop_size`, so it must have the channels, height and width of the records. It was \
      made of other data, or before they were resized: make it again with `compute_image_mean`. Looked at where both files are there; \
      without the data, the mean picture must at least be as large as `crop_size`.
      """)

  func check(_ net: LintedNet, report: (Remark) -> Void) {
    for (index, layer) in net.layers.enumerated() where layer.isRecordSource {
      guard let mean = net.data.mean(of: layer) else { continue }
      let crop = Int(layer.transformParam.cropSize)
      let problem: String
      if let shape = net.data.of(layer).shape, shape != mean {
        problem = "the mean picture is \(mean), the records are \(shape)"
      } else if mean.height < crop || mean.width < crop {
        problem = "the mean picture is \(mean), smaller than crop_size: \(crop)"
      } else {
        continue
      }
      report(
        Remark(
          "\(problem); make it of the same data with compute_image_mean",
          at: net.place(index, "transform_param.mean_file"), layer: layer.name))
    }
  }
}
