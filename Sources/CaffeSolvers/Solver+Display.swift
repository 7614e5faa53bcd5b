import CaffeCore
import CaffeNet

extension Solver {
  /// Logs the loss and the outputs of an iteration.
  func display() -> TrainingReport {
    let (seconds, perSecond) = stopwatch.lap(at: iteration)
    context.logger.info(
      "Iteration \(iteration) (\(perSecond.general) iter/s, \(seconds.general)s/\(settings.display) iters), "
        + "loss = \(averageLoss.value.general)", at: "solver.cpp:239")
    if let waiting = dataWait.report(net, seconds: seconds) {
      context.logger.info("\(waiting)", at: "blocking_queue.cpp:49")
    }
    let outputs = Solver.outputs(of: net)
    for (index, output) in outputs.enumerated() {
      context.logger.info("    Train net output #\(index): \(output)", at: "solver.cpp:258")
    }
    return TrainingReport(
      iteration: iteration, loss: averageLoss.value, rate: learningRate, iterationsPerSecond: perSecond,
      outputs: outputs)
  }

  /// Every value of every output, in order.
  static func outputs(of net: Net) -> [OutputValue] {
    zip(net.outputs, net.outputLossWeights).flatMap { output, weight in
      output.blob.data.values.map { OutputValue(name: output.name, value: $0, lossWeight: weight) }
    }
  }
}

extension OutputValue: CustomStringConvertible {
  /// As the log has it: `loss = 0.5 (* 2 = 1 loss)`.
  public var description: String {
    let part = lossWeight == 0 ? "" : " (* \(lossWeight.general) = \((lossWeight * value).general) loss)"
    return "\(name) = \(value.general)\(part)"
  }
}
