import ArgumentParser
import Caffe

/// `caffe cifar`: paints pictures where CIFAR-10 can't be had.
struct CIFARCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cifar",
    abstract: "Paints synthetic pictures, shapes in ten classes, and writes them as the files of CIFAR-10.")

  @Option(name: .customLong("train"), help: "How many pictures to train on, in five files.")
  var trainCount = 50000
  @Option(name: .customLong("test"), help: "How many pictures to test on.")
  var testCount = 10000
  @Option(help: "The seed: the same one gives the same pictures.")
  var seed: UInt64 = 1
  @Option(help: "The folder to write to; made if missing.")
  var out: String?
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if trainCount < 5 || testCount < 1 { throw ValidationError("--train takes 5 or more, --test 1 or more") }
    if trainCount > 1_000_000 || testCount > 1_000_000 {
      throw ValidationError("--train and --test take at most 1,000,000")
    }
  }

  func run(_ session: Session) throws {
    guard let out, !out.isEmpty else { throw CaffeError(.flag, "cifar needs the folder to write to: --out=DIR") }
    try SyntheticPictures(seed: seed).write(train: trainCount, test: testCount, to: out)
    session.logger.info(
      "Painted \(trainCount) pictures to train on and \(testCount) to test on, seed \(seed), in \(out)",
      at: "cifar.cpp:1")
  }
}
