import ArgumentParser
import Caffe

/// `compute_image_mean`: the mean picture of a database.
struct ComputeMeanTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "compute_image_mean",
    abstract: "Computes the mean of the pictures of an LMDB or LevelDB, and that of each channel.")

  @Option(help: "The kind of database: lmdb or leveldb.")
  var backend = "lmdb"
  @Argument(help: "The database.")
  var database: String
  @Argument(help: "The .binaryproto file to write; none is written without.")
  var file: String?
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let logger = session.logger
    let backend = try RecordBackend(named: backend)
    logger.info("Starting iteration", at: "compute_image_mean.cpp:70")
    let mean = try session.stoppable { shouldStop in
      try MeanImage(
        ofDatabase: database, backend: backend,
        follow: { logger.info("Processed \($0) files.", at: "compute_image_mean.cpp:101") },
        shouldStop: shouldStop)
    }
    if let file, !file.isEmpty {
      logger.info("Write to \(file)", at: "compute_image_mean.cpp:108")
      try mean.write(to: file)
    }
    logger.info("Number of channels: \(mean.shape.channels)", at: "compute_image_mean.cpp:114")
    for (channel, value) in mean.channelMeans.enumerated() {
      logger.info("mean_value channel [\(channel)]: \(value.general)", at: "compute_image_mean.cpp:119")
    }
  }
}
