import CaffeNet

/// Tests that see a part of the test set, or parts of it twice.
struct TestIterationsRule: LintRule {
  let page = RulePage(
    "test-iterations", .warning, summary: "`test_iter` × `batch_size` isn't the size of the test set.",
    text: """
      A test runs `test_iter` batches. With fewer records than the test set has, each test sees another part of it, and the accuracies can't be \
      compared; with more, some records count twice. Looked at where the test set is there; up to a batch more is taken as meant.
      """)

  func check(_ solver: LintedSolver, report: (Remark) -> Void) {
    for (index, iterations) in solver.solver.testIter.enumerated() {
      // Tests beyond the nets that are named are all of the last one.
      guard let net = index < solver.testNets.count ? solver.testNets[index] : solver.testNets.last ?? nil else {
        continue
      }
      for layer in net.layers where layer.isRecordSource {
        guard let batch = layer.recordsPerBatch, batch > 0, let count = net.data.of(layer).count, count > 0 else {
          continue
        }
        let (seen, overflow) = Int(iterations).multipliedReportingOverflow(by: batch)
        guard overflow || seen < count || seen - count >= batch else { continue }
        let wanted = (count + batch - 1) / batch
        report(
          Remark(
            "test_iter: \(iterations) batches of \(batch) aren't the \(count) records of the test set; "
              + "test_iter: \(wanted) sees each of them",
            at: solver.place(index == 0 ? "test_iter" : "test_iter[\(index)]")))
      }
    }
  }
}
