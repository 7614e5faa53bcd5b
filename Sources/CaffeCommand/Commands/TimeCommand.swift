import ArgumentParser
import Caffe

/// `caffe time`: how long each layer takes.
struct TimeCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "time", abstract: "Times a net, layer by layer, forward and backward.",
    discussion: """
      The log has the averages, as the original prints them. Standard output has a table: for each layer the median of its times and \
      half the distance between the quartiles, what it computes, and its share of the whole.
      """)

  @OptionGroup(title: "Timing") var timing: TimeFlags
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags
  @OptionGroup(visibility: .hidden) var train: TrainFlags

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need a model definition to time. Give --model=FILE")
    }
    let context = try session.context(machine, phase: net.phase(or: .train))
    session.say(context.engine, cpu: "caffe.cpp:343", gpu: "caffe.cpp:339")
    let timed = try session.net(model, flags: net, machine: machine, context: context)
    for file in net.weightFiles { try timed.loadWeights(file: file) }
    session.logger.info("Performing Forward", at: "caffe.cpp:351")
    let loss = try timed.forward()
    session.logger.info("Initial loss: \(loss.general)", at: "caffe.cpp:356")
    if !timing.forwardOnly {
      session.logger.info("Performing Backward", at: "caffe.cpp:357")
      try timed.backward()
    }
    session.logger.info("*** Benchmark begins ***", at: "caffe.cpp:365")
    session.logger.info("Testing for \(net.iterations) iterations.", at: "caffe.cpp:366")
    let measured = try timed.time(
      iterations: net.iterations, warmUp: timing.warmUp, backward: !timing.forwardOnly
    ) { iteration, time in
      session.logger.info(
        "Iteration: \(iteration) forward-backward time: \(time.inMilliseconds.general) ms.", at: "caffe.cpp:394")
    }
    logAverages(measured, session)
    session.logger.info("*** Benchmark ends ***", at: "caffe.cpp:415")
    let report = TimeReport(
      measured, net: timed.name, phase: timed.phase, engine: context.engine.name, summary: context.engine.summary)
    Platform.write(timing.json ? report.json : report.table, to: Platform.standardOutput)
  }

  private func logAverages(_ times: NetTiming, _ session: Session) {
    let logger = session.logger
    logger.info("Average time per layer: ", at: "caffe.cpp:397")
    for layer in times.layers {
      let name = String(repeating: " ", count: max(0, 10 - layer.name.count)) + layer.name
      logger.info("\(name)\tforward: \(average(layer.forward)) ms.", at: "caffe.cpp:400")
      logger.info("\(name)\tbackward: \(average(layer.backward)) ms.", at: "caffe.cpp:403")
    }
    logger.info("Average Forward pass: \(average(times.layers.flatMap(\.forward))) ms.", at: "caffe.cpp:408")
    logger.info("Average Backward pass: \(average(times.layers.flatMap(\.backward))) ms.", at: "caffe.cpp:410")
    logger.info("Average Forward-Backward: \(average(times.iterations)) ms.", at: "caffe.cpp:412")
    logger.info("Total Time: \(times.iterations.reduce(.zero, +).inMilliseconds.general) ms.", at: "caffe.cpp:414")
  }

  private func average(_ durations: [Duration]) -> String {
    (durations.reduce(.zero, +).inMilliseconds / Double(net.iterations)).general
  }
}

/// Flags about what is timed, and how it is shown.
struct TimeFlags: ParsableArguments {
  @Option(name: .customLong("warm_up"), help: "Iterations that are run before the timed ones, beside the first.")
  var warmUp: Int = 1
  @Option(name: .customLong("forward_only"), help: "Time no backward passes.")
  var forwardOnly: Bool = false
  @Option(help: "Print the times as JSON in place of the table.")
  var json: Bool = false

  func validate() throws {
    if warmUp < 0 { throw ValidationError("--warm-up=\(warmUp): give 0 or more") }
  }
}
