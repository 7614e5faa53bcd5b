import ArgumentParser
import Caffe

/// `convert_mnist_data`: MNIST's files to a database.
struct ConvertMNISTTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "convert_mnist_data",
    abstract: "Makes an LMDB or LevelDB of the MNIST files of pictures and labels.")

  @Option(help: "The kind of database: lmdb or leveldb.")
  var backend = "lmdb"
  @Argument(help: "The file of pictures, as train-images-idx3-ubyte.")
  var images: String
  @Argument(help: "The file of labels, as train-labels-idx1-ubyte.")
  var labels: String
  @Argument(help: "The database to make.")
  var database: String
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let backend = try RecordBackend(named: backend)
    let count = try session.stoppable { shouldStop in
      try MNISTConverter.convert(
        images: images, labels: labels, database: database, backend: backend,
        shouldStop: shouldStop)
    }
    session.logger.info("Processed \(count) files.", at: "convert_mnist_data.cpp:130")
  }
}
