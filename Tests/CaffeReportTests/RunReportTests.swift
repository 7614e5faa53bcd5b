import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct RunReportTests {
  /// A run of two classes of 2×2 pictures; the net adds up what the two columns hold, so that the wider one wins.
  private struct Place {
    let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      // The third picture is labelled wrongly, and most surely taken for the other class.
      let pictures: [Float] = [9, 0, 9, 0, 0, 3, 0, 3, 8, 0, 8, 0, 0, 1, 0, 1]
      try HDF5File.write(to: folder.file("data.h5")) { root in
        try root.write(pictures, shape: [4, 1, 2, 2], as: "data")
        try root.write([Float]([0, 1, 1, 1]), shape: [4], as: "label")
      }
      try folder.write("data.h5\n", to: "list.txt")
      try folder.write(Place.net, to: "net.prototxt")
      let weights: [Float] = [1, 0, 1, 0, 0, 1, 0, 1]
      let net = try Net(file: "net.prototxt", context: context)
      try net.learnable[0].blob.setData(weights)
      try net.saveWeights(file: "run_iter_20.caffemodel", format: .binary)
    }

    private static let net = """
      name: "two <classes>"
      layer {
        name: "data" type: "HDF5Data" top: "data" top: "label" hdf5_data_param { source: "list.txt" batch_size: 2 }
      }
      layer {
        name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
        inner_product_param { num_output: 2 bias_term: false }
      }
      layer { name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" include { phase: TEST } }
      layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
      """

    var context: Context {
      var context = Context(engine: ReferenceEngine(), phase: .test, registry: .standard)
      context.baseFolder = folder.path
      return context
    }

    func run(snapshot: Bool = true) throws -> RunHistory {
      var settings = RunSettings()
      settings.solver = "net: \"net.prototxt\" test_iter: 2"
      settings.net = Place.net
      settings.folder = folder.path
      settings.command = ["caffe", "train", "--solver=<x>"]
      var first = MetricsLine(.run, iteration: 0)
      first.settings = settings
      let encoder = JSONEncoder()
      var lines = [String(decoding: try encoder.encode(first), as: UTF8.self)]
      for iteration in 0..<20 {
        lines.append("{\"type\":\"train\",\"iteration\":\(iteration),\"loss\":\(1.0 / Double(iteration + 1))}")
      }
      lines.append("{\"type\":\"test\",\"iteration\":20,\"outputs\":{\"accuracy\":0.75}}")
      if snapshot {
        lines.append(
          "{\"type\":\"snapshot\",\"iteration\":20,\"snapshot\":{\"iteration\":20,\"model\":\"run_iter_20.caffemodel\",\"state\":\"s\"}}"
        )
      }
      return try RunFile.read(folder.write(lines.joined(separator: "\n") + "\n", to: "run.jsonl"))
    }
  }

  @Test func theTestSetIsLookedAtRecordByRecord() throws {
    let place = try Place()
    let made = try RunNet(of: place.run(), context: place.context)
    #expect(made.batches == 2 && made.weights == "run_iter_20.caffemodel")
    let result = try TestSetEvaluation(made.net).run(batches: 2)
    #expect(result.classes == 2 && result.total == 4 && result.correct == 3)
    #expect(result.counts == [1, 0, 1, 2])
    #expect(result.confusions(limit: 5).map { [$0.label, $0.guess, $0.count] } == [[1, 0, 1]])
    let mistake = try #require(result.mistakes.first)
    #expect(result.mistakes.count == 1 && mistake.label == 1 && mistake.guess == 0)
    // The scores are 16 and 0.
    #expect(abs(mistake.labelProbability - 1 / (1 + exp(16.0))) < 1e-9 && mistake.picture != nil)
  }

  @Test func thePageHoldsEverythingAndNeedsNothing() throws {
    let place = try Place()
    var report = RunReport(try place.run())
    let made = try RunNet(of: report.run, context: place.context)
    report.testSet = .success(try TestSetEvaluation(made.net).run(batches: 2))
    report.labels = ["left", "right & more"]
    let page = try report.html()
    for text in [
      "3 of 4 records right (75 %)", "right &amp; more", "taken for <b>left</b>, 100 %", "<svg ",
      "data:image/png;base64,",
      "--solver=&lt;x&gt;", "two &lt;classes&gt;", "best accuracy"
    ] {
      #expect(page.contains(text), "no \(text)")
    }
    // No address but the name of SVG's namespace and data of its own.
    let addresses = page.matches(of: /(src|href|url|http)[s=:("]+[^ >]{0,40}/).map { String($0.0) }
    #expect(addresses.allSatisfy { $0.contains("data:") || $0.contains("www.w3.org/2000/svg") }, "\(addresses)")
  }

  @Test func whatCannotBeLookedAtIsSaid() throws {
    let place = try Place()
    #expect(throws: CaffeError.self) { try RunNet(of: place.run(snapshot: false), context: place.context) }
    var report = RunReport(try place.run())
    report.testSet = .failure(CaffeError(.file, "no <data>"))
    #expect(try report.html().contains("no &lt;data&gt;"))
    try place.folder.write(
      "layer { name: \"x\" type: \"Input\" top: \"x\" input_param { shape { dim: 1 } } }", to: "other.prototxt")
    let net = try Net(file: "other.prototxt", context: place.context)
    let error = #expect(throws: CaffeError.self) { try TestSetEvaluation(net) }
    #expect(error?.message.contains("Accuracy") == true)
  }
}

@Suite struct RunChartTests {
  private func run(_ name: String, tests: [String] = ["accuracy"], seconds: Bool = true) -> RunHistory {
    var run = RunHistory(name: name)
    for iteration in stride(from: 0, to: 1000, by: 100) {
      var point = RunHistory.Training(iteration: iteration)
      point.loss = 1 / Double(iteration + 1)
      point.rate = 0.01
      point.seconds = seconds ? Double(iteration) : nil
      run.training.append(point)
      var test = RunHistory.Test(iteration: iteration)
      test.seconds = point.seconds
      test.outputs = tests.map { RunHistory.Output($0, 0.5) } + [RunHistory.Output("loss", 0.7, lossWeight: 1)]
      run.tests.append(test)
    }
    return run
  }

  @Test func oneRunHasColoursForItsCurves() throws {
    let chart = try RunChart().chart(of: [run("a")])
    #expect(chart.panels.map(\.title) == ["loss", "accuracy", "learning rate"])
    #expect(chart.panels[0].curves.map(\.name) == ["training loss", "test loss"])
    #expect(chart.legend.map(\.text) == ["training", "test"])
    #expect(chart.subtitle == "loss 0.00110988 at iteration 900 · best accuracy 0.5 at iteration 0")
    let many = try RunChart().chart(of: [run("a", tests: ["accuracy/top1", "accuracy/top5", "iou"])])
    #expect(many.panels.map(\.title) == ["loss", "accuracy", "iou", "learning rate"])
    #expect(Set(many.panels[1].curves.map(\.color)).count == 2)
  }

  @Test func severalRunsHaveAColourEach() throws {
    let chart = try RunChart().chart(of: [run("a"), run("b")])
    #expect(chart.legend.map(\.text) == ["a", "b", "training", "test"])
    #expect(chart.panels[0].curves.map(\.isDashed) == [false, true, false, true])
    #expect(chart.panels[0].curves.map(\.color) == [0, 0, 1, 1].map(Chart.color))
  }

  @Test func axesOfTimeHaveFittingUnits() throws {
    var drawing = RunChart()
    drawing.axis = .seconds
    let chart = try drawing.chart(of: [run("a")])
    #expect(chart.horizontalTitle == "minutes" && chart.panels[0].curves[0].x.last == 15)
    #expect(throws: CaffeError.self) { try drawing.chart(of: [run("a", seconds: false)]) }
    drawing.axis = .epochs
    #expect(throws: CaffeError.self) { try drawing.chart(of: [run("a")]) }
    drawing.iterationsPerEpoch = 450
    #expect(try drawing.chart(of: [run("a")]).panels[0].curves[0].x.last == 2)
  }

  @Test func theRatesOfASolverShowTheirSteps() throws {
    let solver = try NetReader.parseSolver(
      text: "base_lr: 0.1 lr_policy: \"multistep\" gamma: 0.1 stepvalue: 60001 stepvalue: 80000 max_iter: 100000"
    ).solver
    let curve = try #require(try RateChart.chart(of: [("s", solver)]).panels.first?.curves.first)
    for (before, after) in [(60_000.0, 60_001.0), (79_999, 80_000)] {
      let index = try #require(curve.x.firstIndex(of: before))
      #expect(curve.x[index + 1] == after && curve.y[index] > 9 * curve.y[index + 1])
    }
    #expect(curve.x.first == 0 && curve.x.last == 99_999)
  }
}
