import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Logs and metrics files with damage of all kinds: read or refused, but never a crash.
@Suite struct DamagedRunTests {
  private static let log = """
    I1120 22:50:41.000000 1 solver.cpp:289] Solving LeNet
    I1120 22:50:42.000000 1 solver.cpp:347] Iteration 0, Testing net (#0)
    I1120 22:50:42.100000 1 solver.cpp:414]     Test net output #0: accuracy = 0.0923
    I1120 22:50:42.100000 1 solver.cpp:414]     Test net output #1: loss = 2.4 (* 1 = 2.4 loss)
    I1120 22:50:42.200000 1 solver.cpp:239] Iteration 0 (0 iter/s, 1.4s/100 iters), loss = 2.5
    I1120 22:50:42.200000 1 sgd_solver.cpp:112] Iteration 0, lr = 0.01
    I1120 22:50:44.000000 1 solver.cpp:239] Iteration 100 (47 iter/s, 2.1s/100 iters), loss = 0.5
    I1120 22:50:44.000000 1 sgd_solver.cpp:112] Iteration 100, lr = 1e-05
    I1120 22:50:46.000000 1 solver.cpp:239] Iteration 200 (47 iter/s, 2.1s/100 iters), loss = 0.25

    """

  private static let metrics = """
    {"type":"run","iteration":0,"settings":{"version":"1","time":"","command":["a"],"folder":"","solver":"","net":"","engine":"","host":"","lossWeights":{"loss":1}}}
    {"iteration":0,"loss":2.5,"outputs":{"loss":2.5},"rate":0.01,"seconds":1.5,"type":"train"}
    {"iteration":100,"loss":0.5,"outputs":{"a[0]":1,"a[1]":2},"rate":1e-05,"seconds":3.5,"type":"train"}
    {"iteration":100,"net":0,"outputs":{"accuracy":0.5},"seconds":4,"type":"test"}
    {"iteration":100,"outcome":"finished","type":"end"}

    """

  /// What a damaged byte, word or number may become.
  private static let pieces = [
    "", "\0", "\u{FF}", "\n", "\r", "\"", "{", "}", "]", " = ", "1e308", "-1e308", "5e-324", "nan", "inf",
    "99999999999999999999",
    "Iteration ", "] ", "I0000 99:99:99.9 ", "0229", ": ", "\\u0000"
  ]

  @Test(arguments: [log, metrics]) func damageIsReadOrRefused(_ whole: String) throws {
    let folder = try TemporaryFolder()
    var state: UInt64 = 7
    func draw(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    var understood = 0
    for _ in 0..<400 {
      var bytes = Array(whole.utf8)
      for _ in 0...draw(4) {
        let start = draw(bytes.count)
        let end = min(bytes.count, start + draw(draw(3) == 0 ? 40 : 4))
        bytes.replaceSubrange(start..<end, with: Array(DamagedRunTests.pieces[draw(DamagedRunTests.pieces.count)].utf8))
        if bytes.isEmpty { bytes = [0] }
      }
      let path = folder.file("run")
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        let run = try RunFile.read(path)
        understood += 1
        for axis in RunChart.Axis.allCases {
          for isLogarithmic in [false, true] {
            var drawing = RunChart()
            drawing.axis = axis
            drawing.isLogarithmic = isLogarithmic
            drawing.iterationsPerEpoch = 10
            _ = try? drawing.chart(of: [run, run]).drawing().svg
          }
        }
        for part in [RunTable.Part.training, .tests, .all] { _ = RunTable(run, part).csv }
        _ = try? RunReport(run).html()
      } catch is CaffeError {}
    }
    #expect(understood > 200)
  }
}
