import Caffe
import CaffeTestSupport
import Foundation
import Testing

@Suite struct LogReaderTests {
  private func read(_ text: String) throws -> RunHistory { try read(bytes: Array(text.utf8)) }

  private func read(bytes: [UInt8]) throws -> RunHistory {
    let folder = try TemporaryFolder()
    let path = folder.file("run.log")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try RunFile.read(path)
  }

  private let today = """
    I1120 22:50:40.000000 16076 solver.cpp:289] Solving LeNet
    I1120 22:50:40.200000 16076 solver.cpp:347] Iteration 0, Testing net (#0)
    I1120 22:50:41.500000 16076 solver.cpp:414]     Test net output #0: accuracy = 0.0923
    I1120 22:50:41.500001 16076 solver.cpp:414]     Test net output #1: loss = 2.41386 (* 1 = 2.41386 loss)
    I1120 22:50:42.000000 16076 solver.cpp:239] Iteration 0 (-6.38707e+24 iter/s, 1.437s/100 iters), loss = 2.46399
    I1120 22:50:42.000001 16076 solver.cpp:258]     Train net output #0: loss = 2.5 (* 1 = 2.5 loss)
    I1120 22:50:42.000002 16076 sgd_solver.cpp:112] Iteration 0, lr = 0.01
    I1120 22:50:44.000000 16076 solver.cpp:239] Iteration 100 (47.5285 iter/s, 2.104s/100 iters), loss = 0.195493
    I1120 22:50:44.000002 16076 sgd_solver.cpp:112] Iteration 100, lr = 1e-05

    """

  @Test func theFormOfCaffe1() throws {
    let run = try read(today)
    #expect(run.training.map(\.iteration) == [0, 100])
    #expect(run.training.map(\.loss) == [2.46399, 0.195493])
    #expect(run.training.map(\.rate) == [0.01, 1e-05])
    #expect(run.training.map(\.seconds) == [2, 4])
    #expect(run.training.map(\.iterationsPerSecond) == [nil, 47.5285])
    #expect(run.training[0].outputs == [RunHistory.Output("loss", 2.5, lossWeight: 1)])
    #expect(run.tests.count == 1 && run.tests[0].seconds == 1.5)
    #expect(run.tests[0].outputs.map(\.value) == [0.0923, 2.41386])
    #expect(run.unread.count == 0)
  }

  @Test func olderAndOtherForms() throws {
    let run = try read(
      """
      I0216 11:58:39.623576 17497 solver.cpp:189] Iteration 0, loss = 2.30193
      I0216 11:58:39.623637 17497 solver.cpp:707] Iteration 0, lr = 0.01
      [0] I20240101 00:00:01.000000 12 solver.cpp:353] Iteration 100 (15.2 iter/s, 6.5s/100 iter), 1.5/94.2ep, loss = nan
      I solver.cpp:105] Iteration 100, lr = 0.02, m = 0.9
      I0728 23:56:00.280272  4259 solver.cpp:218] Iteration 200, Testing net
      I0728 23:56:00.280272  4259 solver.cpp:218] Test score #0: 0.5552
      I0728 23:56:00.280272  4259 solver.cpp:218] Test score #1: 1.25

      """)
    #expect(run.training.map(\.iteration) == [0, 100])
    #expect(run.training[1].loss?.isNaN == true && run.training[1].rate == 0.02)
    #expect(run.training[1].iterationsPerSecond == 15.2)
    #expect(run.tests[0].outputs.map(\.name) == ["score 0", "score 1"])
    #expect(run.unread.count == 0)
  }

  @Test func valuesOfOneBlobAreNumbered() throws {
    let run = try read(
      """
      I a.cpp:1] Iteration 0, Testing net (#1)
      I a.cpp:1]     Test net output #0: accuracy = 0.5
      I a.cpp:1]     Test net output #1: accuracy = 0.25
      I a.cpp:1]     Test net output #2: accuracy = 0.75
      I a.cpp:1] Test loss: 3

      """)
    #expect(run.tests[0].net == 1)
    #expect(run.tests[0].outputs.map(\.name) == ["accuracy[0]", "accuracy[1]", "accuracy[2]"])
    #expect(run.tests[0].outputs.map(\.value) == [0.5, 0.25, 0.75])
  }

  @Test func aLiveLineWindowsEndsAndForeignBytesDoNoHarm() throws {
    var bytes: [UInt8] = [0xEF, 0xBB, 0xBF]
    bytes += Array("$ caffe train \r\nrubbish ".utf8) + [0xFF, 0xFE, 0x0A]
    bytes += Array("\r\u{1B}[2K 12 % live\r\u{1B}[2K\rI a.cpp:1] Iteration 7, loss = 0.5\r\n".utf8)
    let run = try read(bytes: bytes)
    #expect(run.training.map(\.loss) == [0.5])
    #expect(run.unread.count == 2 && run.unread.numbers == [1, 2])
    #expect(run.unread.summary == "2 lines weren't understood: 1, 2 (the first: \"$ caffe train \")")
  }

  @Test func aCutLastLineIsNotTakenForAValue() throws {
    let run = try read(String(today.dropLast(3)))
    #expect(run.training.map(\.rate) == [0.01, nil])
    #expect(run.unread.numbers == [9])
  }

  @Test func messagesOfSeveralLinesAreNoForeignLines() throws {
    let run = try read(
      "I a.cpp:1] Initializing net from parameters: \nname: \"x\"\nlayer {\n}\nI a.cpp:1] Iteration 1, loss = 2\n")
    #expect(run.unread.count == 0)
  }

  @Test func aRunThatBeganAgainReplacesWhatCameAfter() throws {
    let lines = [0, 100, 200, 300, 200, 300].enumerated().map {
      "I a.cpp:1] Iteration \($1), loss = \($0)\nI a.cpp:1] Iteration \($1), lr = 0.1\n"
    }
    let run = try read(lines.joined())
    #expect(run.training.map(\.iteration) == [0, 100, 200, 300])
    #expect(run.training.map(\.loss) == [0, 1, 4, 5])
    #expect(run.replaced == 2)
  }

  @Test func timesGoOnOverTheTurnOfTheYear() throws {
    let run = try read(
      """
      I1231 23:59:50.000000 1 a.cpp:1] Iteration 0, loss = 1
      I0101 00:00:10.000000 1 a.cpp:1] Iteration 1, loss = 1

      """)
    #expect(run.training.map(\.seconds) == [0, 20])
    let leap = try read(
      """
      I0228 23:00:00.000000 1 a.cpp:1] Iteration 0, loss = 1
      I0229 23:00:00.000000 1 a.cpp:1] Iteration 1, loss = 1
      I0301 23:00:00.000000 1 a.cpp:1] Iteration 2, loss = 1

      """)
    #expect(leap.training.map(\.seconds) == [0, 86_400, 172_800])
  }

  @Test func whatIsNoLogIsRefusedWithAReason() throws {
    #expect(throws: CaffeError.self) { try read("") }
    let error = #expect(throws: CaffeError.self) { try read("name: \"LeNet\"\nlayer {\n}\n") }
    #expect(error?.message.contains("3 lines weren't understood: 1, 2, 3") == true, "\(String(describing: error))")
  }

  @Test func tablesHaveTheColumnsOfTheOriginalsParser() throws {
    let run = try read(today)
    #expect(RunTable(run, .training).csv == "NumIters,Seconds,LearningRate,loss\n0,2,0.01,2.5\n100,4,1e-05,\n")
    #expect(RunTable(run, .tests).csv == "NumIters,Seconds,LearningRate,accuracy,loss\n0,1.5,0.01,0.0923,2.41386\n")
    #expect(
      RunTable(run, .all).csv.split(separator: "\n").map(String.init) == [
        "phase,iteration,seconds,rate,smoothed_loss,loss,accuracy", "test,0,1.5,0.01,,2.41386,0.0923",
        "train,0,2,0.01,2.46399,2.5,", "train,100,4,1e-05,0.195493,,"
      ])
  }

  /// Other people's logs, of 2014, 2015 and 2017.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"] != nil, "needs CAFFE_DATA_DIR"))
  func otherPeoplesLogs() throws {
    let folder = (ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"] ?? "") + "/logs"
    let rms = try RunFile.read("\(folder)/BVLC__caffe__rms_prop.txt")
    #expect(rms.training.count == 101 && rms.tests.count == 21)
    #expect(rms.training.last?.loss == 0.0112414 && rms.tests.last?.outputs.first?.value == 0.9909)
    let short = try RunFile.read("\(folder)/BVLC__caffe__train.log")
    #expect(short.training.map(\.loss) == [2.40473, 0.224371] && short.tests.isEmpty)
    let two = try RunFile.read("\(folder)/everpeace__caffe__examples__cifar10__train_log.txt")
    #expect(two.training.last?.iteration == 5000 && two.tests.last?.outputs.first?.value == 0.7491)
    #expect(zip(two.training, two.training.dropFirst()).allSatisfy { $0.iteration < $1.iteration })
  }
}
