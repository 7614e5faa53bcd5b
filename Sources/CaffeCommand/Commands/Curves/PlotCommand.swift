import ArgumentParser
import Caffe

/// `caffe plot`: the curves of trainings.
struct PlotCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws loss, accuracy and learning rate of one or more trainings.",
    discussion: """
      Reads logs of any Caffe and files of caffe train --metrics. With --solver and no log it draws the learning rate that the \
      solver will take.
      """)

  @Argument(help: "Logs and metrics files.")
  var files: [String] = []
  @Option(help: "The drawing, .svg or .png.")
  var out = "curves.svg"
  @Option(help: "What curves are drawn against: iterations, seconds or epochs.")
  var against: RunChart.Axis = .iterations
  @Option(help: "What is drawn, separated by commas: loss, accuracy, rate.")
  var show = "loss,accuracy,rate"
  @Option(help: "Over how many points training curves are smoothed (default: a thirtieth of them); 1 for not at all.")
  var smooth: Double?
  @Option(name: .customLong("log"), help: "Logarithmic axes for losses and rates.")
  var isLogarithmic: Bool = false
  @Option(
    name: .customLong("iterations_per_epoch"), help: "How many iterations make an epoch, where the file doesn't tell.")
  var iterationsPerEpoch: Double?
  @Option(help: "The heading.")
  var title: String?
  @Option(help: "Solvers whose learning rate is drawn, separated by commas.")
  var solver: String?
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if let smooth, !(smooth >= 1 && smooth.isFinite) { throw ValidationError("--smooth=\(smooth): give 1 or more") }
    if let count = iterationsPerEpoch, !(count > 0 && count.isFinite) {
      throw ValidationError("--iterations-per-epoch=\(count): give a number above 0")
    }
  }

  func run(_ session: Session) throws {
    _ = try SVGDrawing.FileType(ofFile: out)
    let chart = try solver.map { try rates($0, session) } ?? curves(session)
    try chart.drawing().write(to: out)
    let panels = chart.panels.map(\.title).joined(separator: ", ")
    Platform.write("\(out): \(panels)\n", to: Platform.standardOutput)
  }

  private func curves(_ session: Session) throws -> Chart {
    guard !files.isEmpty else {
      throw CaffeError(.flag, "Need logs or metrics files to draw, or --solver=FILE to draw its learning rate")
    }
    let runs = try files.map { file in
      let run = try RunFile.read(file)
      session.note(run, file: file)
      return run
    }
    var drawing = RunChart()
    drawing.axis = against
    drawing.quantities = try show.split(separator: ",").map { name in
      guard let quantity = RunChart.Quantity(rawValue: String(name)) else {
        throw CaffeError(.flag, "--show=\(show): there is no \"\(name)\"; give some of loss, accuracy, rate")
      }
      return quantity
    }
    drawing.smoothing = smooth
    drawing.isLogarithmic = isLogarithmic
    drawing.iterationsPerEpoch = iterationsPerEpoch
    drawing.title = title
    return try drawing.chart(of: RunNames.distinct(runs, files: files))
  }

  private func rates(_ list: String, _ session: Session) throws -> Chart {
    guard files.isEmpty else { throw CaffeError(.flag, "Give logs to draw, or --solver, but not both") }
    let solvers = try list.split(separator: ",").map { file in
      let read = try NetReader.readSolver(
        file: String(file), unknownFields: machine.unknownFields, notes: session.note)
      return (name: String(file), solver: read.solver)
    }
    var chart = try RateChart.chart(of: solvers, isLogarithmic: isLogarithmic)
    chart.title = title ?? chart.title
    return chart
  }
}

extension Session {
  /// Says what of a file wasn't understood, and what counts no more.
  func note(_ run: RunHistory, file: String) {
    if run.unread.count > 0 { logger.warning("\(file): \(run.unread.summary)", at: "plot.cpp:1") }
    if run.replaced > 0 {
      logger.warning(
        "\(file): the run began again before \(run.replaced) of its points, which are left out", at: "plot.cpp:1")
    }
  }
}

/// Names for a legend.
enum RunNames {
  /// `runs` with names that differ, as those of files in several folders may not.
  static func distinct(_ runs: [RunHistory], files: [String]) -> [RunHistory] {
    let counts = Dictionary(runs.map { ($0.name, 1) }, uniquingKeysWith: +)
    return zip(runs, files).map { run, file in
      guard counts[run.name, default: 0] > 1 else { return run }
      var renamed = run
      renamed.name = file
      return renamed
    }
  }
}

extension RunChart.Axis: ExpressibleByArgument {}
