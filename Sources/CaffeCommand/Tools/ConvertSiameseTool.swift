import ArgumentParser
import Caffe

/// `convert_mnist_siamese_data`: MNIST's files to a database of pairs.
struct ConvertSiameseTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "convert_mnist_siamese_data",
    abstract: "Makes a LevelDB or LMDB of pairs of MNIST's pictures; the label says whether both show the same digit.")

  @Option(help: "The kind of database: lmdb or leveldb.")
  var backend = "leveldb"
  @Option(help: "The seed: the same one draws the same pairs.")
  var seed: UInt64 = 1
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
      try SiameseConverter.convert(
        images: images, labels: labels, database: database, backend: backend, seed: seed,
        shouldStop: shouldStop)
    }
    session.logger.info("Processed \(count) pairs.", at: "convert_mnist_siamese_data.cpp:110")
  }
}
