import ArgumentParser
import Caffe

/// `caffe digits`: draws digits where MNIST can't be had.
struct DigitsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "digits",
    abstract: "Draws synthetic handwritten-like digits and writes them as the four files of MNIST.")

  @Option(name: .customLong("train"), help: "How many digits to train on.")
  var trainCount = 60000
  @Option(name: .customLong("test"), help: "How many digits to test on.")
  var testCount = 10000
  @Option(help: "The seed: the same one gives the same digits.")
  var seed: UInt64 = 1
  @Option(help: "The folder to write to; made if missing.")
  var out: String?
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if trainCount < 1 || testCount < 1 { throw ValidationError("--train and --test take 1 or more") }
    if trainCount > 1_000_000 || testCount > 1_000_000 {
      throw ValidationError("--train and --test take at most 1,000,000")
    }
  }

  func run(_ session: Session) throws {
    guard let out, !out.isEmpty else { throw CaffeError(.flag, "digits needs the folder to write to: --out=DIR") }
    try SyntheticDigits(seed: seed).write(train: trainCount, test: testCount, to: out)
    session.logger.info(
      "Drew \(trainCount) digits to train on and \(testCount) to test on, seed \(seed), in \(out)", at: "digits.cpp:1")
  }
}
