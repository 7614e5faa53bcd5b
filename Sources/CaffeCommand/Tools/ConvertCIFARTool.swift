import ArgumentParser
import Caffe

/// `convert_cifar_data`: CIFAR-10's files to two databases.
struct ConvertCIFARTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "convert_cifar_data",
    abstract: "Makes the LMDBs or LevelDBs cifar10_train and cifar10_test of the files of CIFAR-10's binary version.")

  @Argument(help: "The folder with data_batch_1.bin to data_batch_5.bin and test_batch.bin.")
  var input: String
  @Argument(help: "The folder to make the databases in.")
  var output: String
  @Argument(help: "The kind of database: lmdb or leveldb.")
  var backend: String
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let backend = try RecordBackend(named: backend)
    let counts = try session.stoppable { shouldStop in
      try CIFARConverter.convert(
        folder: input, output: output, backend: backend,
        follow: { step in
          switch step {
          case .training: session.logger.info("Writing Training data", at: "convert_cifar_data.cpp:53")
          case .trainingBatch(let number):
            session.logger.info("Training Batch \(number)", at: "convert_cifar_data.cpp:56")
          case .testing: session.logger.info("Writing Testing data", at: "convert_cifar_data.cpp:74")
          }
        },
        shouldStop: shouldStop)
    }
    session.logger.info(
      "Processed \(counts.train) pictures to train on and \(counts.test) to test on.", at: "convert_cifar_data.cpp:93")
  }
}
