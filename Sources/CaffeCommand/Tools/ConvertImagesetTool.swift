import ArgumentParser
import Caffe

/// `convert_imageset`: the pictures of a list to a database.
struct ConvertImagesetTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "convert_imageset",
    abstract: "Makes an LMDB or LevelDB of the pictures of a list.",
    discussion: """
      The list has a picture a line: its path, a blank, its label; or several labels, which may be fractions. Paths begin in the \
      root folder.
      """)

  /// What is done about a picture that can't be read.
  enum Failure: String, ExpressibleByArgument, CaseIterable, Sendable { case fail, skip }
  /// What is done about a camera's note that it was held on its side.
  enum Exif: String, ExpressibleByArgument, CaseIterable, Sendable { case apply, ignore }

  @Option(help: "Read pictures as grey ones.")
  var gray = false
  @Option(help: "Put them in an order drawn by --seed.")
  var shuffle = false
  @Option(help: "The kind of database: lmdb or leveldb.")
  var backend = "lmdb"
  @Option(name: .customLong("resize_width"), help: "The width to scale pictures to; 0 keeps theirs.")
  var resizeWidth = 0
  @Option(name: .customLong("resize_height"), help: "The height to scale pictures to; 0 keeps theirs.")
  var resizeHeight = 0
  @Option(name: .customLong("check_size"), help: "Pictures of different sizes are an error.")
  var checkSize = false
  @Option(help: "Keep picture files in the records, not their pixels.")
  var encoded = false
  @Option(name: .customLong("encode_type"), help: "The type of these files: jpg or png (default: as the name says).")
  var encodeType: String?
  @Option(help: "How many threads read pictures (default: all cores); with 1 the same one writes.")
  var jobs: Int?
  @Option(help: "The seed of --shuffle: the same one gives the same order.")
  var seed: UInt64 = 1
  @Option(help: "Turn pictures as the camera's note says, or ignore it.")
  var exif = Exif.apply
  @Option(name: .customLong("on_error"), help: "What a picture does that can't be read: fail, or skip.")
  var onError = Failure.fail
  @Option(help: "Replace a database that is there.")
  var force = false
  @Argument(help: "The folder that the list's paths begin in.")
  var root: String
  @Argument(help: "The list.")
  var list: String
  @Argument(help: "The database to make.")
  var database: String
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("--jobs=\(jobs): give 1 or more") }
  }

  func run(_ session: Session) throws {
    let logger = session.logger
    let converter = try converter()
    if encodeType != nil, !encoded {
      logger.info("encode_type specified, assuming encoded=true.", at: "convert_imageset.cpp:92")
    }
    let started = ContinuousClock.now
    let progress = ProgressLine(session.terminal, session.environment)
    defer { progress?.clear() }
    var total = 0
    let summary = try session.stoppable { shouldStop in
      try converter.convert(
        root: root, list: list, database: database,
        follow: { event in
          if case .listed(let count) = event { total = count }
          if case .advanced(let count) = event {
            progress?.show(count, of: total)
          } else {
            report(event, session)
          }
        },
        shouldStop: shouldStop)
    }
    progress?.clear()
    summarize(summary, seconds: (ContinuousClock.now - started).seconds, session)
  }

  private func summarize(_ summary: ImageSetConverter.Summary, seconds: Double, _ session: Session) {
    let logger = session.logger
    if summary.skipped > 0 {
      logger.warning(
        "Left out \(summary.skipped) of \(summary.skipped + summary.records) pictures, which can't be read.",
        at: "convert_imageset.cpp:155")
    }
    if !summary.isUniform {
      logger.warning(
        "The pictures have different sizes: a Data layer reads them only with batch_size: 1. "
          + "--resize_height and --resize_width make them alike.", at: "convert_imageset.cpp:156")
    }
    let rate = Float(Double(summary.records) / max(seconds, 1e-3)).general
    logger.info(
      "Made \(database): \(summary.records) records, \(summary.byteCount) bytes, in \(Float(seconds).fixed(1)) s (\(rate) pictures/s).",
      at: "convert_imageset.cpp:157")
  }

  private func converter() throws -> ImageSetConverter {
    var converter = ImageSetConverter()
    converter.backend = try RecordBackend(named: backend)
    converter.isGray = gray
    if resizeWidth != 0 || resizeHeight != 0 { converter.size = (resizeHeight, resizeWidth) }
    converter.checksSize = checkSize
    if let encodeType {
      converter.encoding = .file(try Picture.FileType(named: encodeType))
    } else if encoded {
      converter.encoding = .asNamed
    }
    converter.orientation = exif == .apply ? .apply : .ignore
    converter.shuffleSeed = shuffle ? seed : nil
    if let jobs { converter.jobs = jobs }
    converter.skipsBadPictures = onError == .skip
    converter.replacesExisting = force
    return converter
  }

  private func report(_ event: ImageSetConverter.Event, _ session: Session) {
    let logger = session.logger
    switch event {
    case .listed(let count):
      if shuffle { logger.info("Shuffling data", at: "convert_imageset.cpp:86") }
      logger.info("A total of \(count) images.", at: "convert_imageset.cpp:89")
    case .opened:
      logger.info(
        "Opened \(backend.lowercased()) \(database)",
        at: backend.lowercased() == "lmdb" ? "db_lmdb.cpp:35" : "db_leveldb.cpp:18")
    case .advanced: break
    case .processed(let count): logger.info("Processed \(count) files.", at: "convert_imageset.cpp:153")
    case .skipped(let error): logger.warning("\(error); left out", at: "convert_imageset.cpp:120")
    }
  }
}
