import ArgumentParser
import Caffe

/// `caffe test`: scores a model.
struct TestCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Scores a model: runs it in phase TEST and averages its outputs.")

  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags
  @OptionGroup(visibility: .hidden) var train: TrainFlags

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need a model definition to score. Give --model=FILE")
    }
    guard !net.weightFiles.isEmpty else {
      throw CaffeError(.flag, "Need model weights to score. Give --weights=FILE")
    }
    let context = try session.context(machine, phase: .test)
    session.say(context.engine, cpu: "caffe.cpp:275", gpu: "caffe.cpp:266")
    let scored = try session.net(model, flags: net, machine: machine, context: context)
    for file in net.weightFiles { try scored.loadWeights(file: file) }
    scored.setActivationMemory(.reusedByForward)
    session.logger.info("Running for \(net.iterations) iterations.", at: "caffe.cpp:281")
    try score(scored, session)
  }

  private func score(_ scored: Net, _ session: Session) throws {
    var loss: Float = 0
    var hasWarned = false
    var sums = scored.outputs.map { [Float](repeating: 0, count: $0.blob.count) }
    for iteration in 0..<net.iterations {
      let batchLoss = try scored.forward()
      loss += batchLoss
      if !hasWarned, let fault = try scored.nonFiniteResult(loss: batchLoss) {
        session.logger.warning("Batch \(iteration): \(fault)", at: "caffe.cpp:304")
        hasWarned = true
      }
      for (index, output) in scored.outputs.enumerated() {
        let values = output.blob.data.values
        if sums[index].count < values.count {
          sums[index] += [Float](repeating: 0, count: values.count - sums[index].count)
        }
        for (place, value) in values.enumerated() {
          sums[index][place] += value
          session.logger.info("Batch \(iteration), \(output.name) = \(value.general)", at: "caffe.cpp:304")
        }
      }
    }
    report(scored, loss: loss / Float(net.iterations), sums: sums, session)
  }

  private func report(_ scored: Net, loss: Float, sums: [[Float]], _ session: Session) {
    session.logger.info("Loss: \(loss.general)", at: "caffe.cpp:309")
    for (index, output) in scored.outputs.enumerated() {
      let weight = scored.outputLossWeights[index]
      for sum in sums[index] {
        let mean = sum / Float(net.iterations)
        let part = weight == 0 ? "" : " (* \(weight.general) = \((weight * mean).general) loss)"
        session.logger.info("\(output.name) = \(mean.general)\(part)", at: "caffe.cpp:321")
      }
    }
  }
}
