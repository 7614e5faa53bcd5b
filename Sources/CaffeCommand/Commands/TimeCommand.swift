import ArgumentParser
import Caffe

/// `caffe time`: how long each layer takes.
struct TimeCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "time", abstract: "Times a net, layer by layer, forward and backward.")

  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags
  @OptionGroup(visibility: .hidden) var train: TrainFlags

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need a model definition to time. Give --model=FILE")
    }
    let context = try session.context(machine, phase: net.phase(or: .train))
    session.logger.info("Use CPU.", at: "caffe.cpp:343")
    let timed = try session.net(model, flags: net, machine: machine, context: context)
    for file in net.weightFiles { try timed.loadWeights(file: file) }
    session.logger.info("Performing Forward", at: "caffe.cpp:351")
    let loss = try timed.forward()
    session.logger.info("Initial loss: \(loss.general)", at: "caffe.cpp:356")
    session.logger.info("Performing Backward", at: "caffe.cpp:357")
    try timed.backward()
    session.logger.info("*** Benchmark begins ***", at: "caffe.cpp:365")
    session.logger.info("Testing for \(net.iterations) iterations.", at: "caffe.cpp:366")
    report(try measure(timed, session), timed, session)
    session.logger.info("*** Benchmark ends ***", at: "caffe.cpp:415")
  }

  private struct Times {
    var forward: [Duration]
    var backward: [Duration]
    var total = Duration.zero
  }

  private func measure(_ timed: Net, _ session: Session) throws -> Times {
    let clock = ContinuousClock()
    var times = Times(
      forward: .init(repeating: .zero, count: timed.layers.count),
      backward: .init(repeating: .zero, count: timed.layers.count))
    for iteration in 1...net.iterations {
      timed.clearGradients()
      let whole = try clock.measure {
        for index in timed.layers.indices {
          times.forward[index] += try clock.measure { try timed.forward(from: index, through: index) }
        }
        for index in timed.layers.indices.reversed() {
          times.backward[index] += try clock.measure { try timed.backward(from: index, through: index) }
        }
      }
      times.total += whole
      session.logger.info(
        "Iteration: \(iteration) forward-backward time: \(milliseconds(whole).general) ms.", at: "caffe.cpp:394")
    }
    return times
  }

  private func report(_ times: Times, _ timed: Net, _ session: Session) {
    let logger = session.logger
    logger.info("Average time per layer: ", at: "caffe.cpp:397")
    for (index, layer) in timed.layers.enumerated() {
      let name = String(repeating: " ", count: max(0, 10 - layer.name.count)) + layer.name
      logger.info("\(name)\tforward: \(average(times.forward[index])) ms.", at: "caffe.cpp:400")
      logger.info("\(name)\tbackward: \(average(times.backward[index])) ms.", at: "caffe.cpp:403")
    }
    logger.info("Average Forward pass: \(average(times.forward.reduce(.zero, +))) ms.", at: "caffe.cpp:408")
    logger.info("Average Backward pass: \(average(times.backward.reduce(.zero, +))) ms.", at: "caffe.cpp:410")
    logger.info("Average Forward-Backward: \(average(times.total)) ms.", at: "caffe.cpp:412")
    logger.info("Total Time: \(milliseconds(times.total).general) ms.", at: "caffe.cpp:414")
  }

  private func average(_ duration: Duration) -> String { (milliseconds(duration) / Double(net.iterations)).general }

  private func milliseconds(_ duration: Duration) -> Double { duration / .milliseconds(1) }
}
