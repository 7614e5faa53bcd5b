import ArgumentParser
import Caffe
import Foundation

/// `caffe predict`: the best classes of many pictures.
struct PredictCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "predict", abstract: "Says what is in pictures: the best classes of each.",
    discussion: """
      Pictures are files, or folders that are searched for them. What is done to a picture before it goes in is read from the file \
      beside the weights or the model, NAME.preprocess.json; flags come before it.
      """)

  @Argument(help: "Pictures, and folders of them.")
  var pictures: [String] = []
  @OptionGroup(title: "Preprocessing") var input: PredictionFlags
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    guard let model = net.model, !model.isEmpty else {
      throw CaffeError(.flag, "Need a net to predict with. Give --model=FILE, a deploy prototxt")
    }
    guard !net.weightFiles.isEmpty else { throw CaffeError(.flag, "Need weights to predict with. Give --weights=FILE") }
    let files = try PictureFiles.find(pictures)
    let context = try session.context(machine, phase: .test)
    let classifier = try Classifier(
      model: model, weights: net.weightFiles,
      preprocessing: input.changing(
        Classifier.preprocessing(model: model, weights: net.weightFiles, context: context)),
      output: input.output, context: context, unknownFields: machine.unknownFields)
    let labels = try input.labels.map { try ClassLabels($0) }
    var report = PredictionReport(isJSON: input.json, top: input.top, labels: labels)
    var failed = 0
    for start in stride(from: 0, to: files.count, by: input.batch) {
      let batch = Array(files[start..<min(files.count, start + input.batch)])
      failed += try predict(batch, classifier, &report, session)
    }
    Platform.write(try report.text(), to: Platform.standardOutput)
    if failed > 0 {
      throw CaffeError(.corrupt, "\(failed) of \(files.count) pictures couldn't be read; the log says why")
    }
  }

  /// Returns how many pictures couldn't be read.
  private func predict(
    _ files: [String], _ classifier: Classifier, _ report: inout PredictionReport, _ session: Session
  ) throws -> Int {
    let orientation: Picture.Orientation = input.exif == .apply ? .apply : .ignore
    let read = inParallel(files) { try Picture.read(file: $0, color: .asStored, orientation: orientation) }
    var good: [(file: String, picture: Picture)] = []
    for (file, outcome) in zip(files, read) {
      switch outcome {
      case .success(let picture): good.append((file, picture))
      case .failure(let error): session.logger.error("\(error)", at: "predict.cpp:1")
      }
    }
    let scores = try classifier.scores(of: good.map(\.picture))
    for (item, scores) in zip(good, scores) { try report.add(item.file, scores) }
    return files.count - good.count
  }
}

/// Flags of `caffe predict` about its input and output.
struct PredictionFlags: ParsableArguments {
  @Option(help: "The names of the classes, one a line.")
  var labels: String?
  @Option(
    help: "What is subtracted: a .binaryproto, or values, 104,117,123; a picture counts by the mean of each channel.")
  var mean: String?
  @Option(name: .customLong("input_scale"), help: "The factor after that.")
  var inputScale: Float?
  @Option(help: "HEIGHTxWIDTH to scale to before the middle is cut out (default: at once to the input's size).")
  var resize: String?
  @Option(name: .customLong("channel_order"), help: "bgr, or rgb.")
  var channelOrder: String?
  @Option(help: "The blob of scores (default: the first output).")
  var output: String?
  @Option(help: "How many of the best classes are shown.")
  var top: Int = 5
  @Option(help: "How many pictures are run at once.")
  var batch: Int = 16
  @Option(help: "Print JSON in place of a table.")
  var json: Bool = false
  @Option(help: "Whether pictures of a camera held on its side are turned: apply or ignore.")
  var exif: OrientationFlag = .apply

  enum OrientationFlag: String, ExpressibleByArgument, CaseIterable { case apply, ignore }

  func validate() throws {
    if top < 1 { throw ValidationError("--top=\(top): give 1 or more") }
    if batch < 1 || batch > 4096 { throw ValidationError("--batch=\(batch): give 1 to 4096") }
    if let channelOrder, Preprocessing.ChannelOrder(rawValue: channelOrder.uppercased()) == nil {
      throw ValidationError("--channel_order=\(channelOrder): give bgr or rgb")
    }
    if let inputScale, !inputScale.isFinite { throw ValidationError("--input_scale must be a finite number") }
    if let resize, extents(resize) == nil { throw ValidationError("--resize=\(resize): give HEIGHTxWIDTH, as 256x256") }
  }

  /// `base` with what these flags say.
  func changing(_ base: Preprocessing) throws -> Preprocessing {
    var changed = base
    if let mean { changed.mean = try values(mean) }
    if let inputScale { changed.scale = inputScale }
    if let channelOrder, let order = Preprocessing.ChannelOrder(rawValue: channelOrder.uppercased()) {
      changed.channelOrder = order
    }
    if let resize, let (height, width) = extents(resize) {
      changed.resizeHeight = height
      changed.resizeWidth = width
    }
    return changed
  }

  private func values(_ text: String) throws -> [Float] {
    let words = text.split(separator: ",")
    let numbers = words.compactMap { Float($0) }
    if !words.isEmpty, numbers.count == words.count, numbers.allSatisfy(\.isFinite) { return numbers }
    return try Preprocessing.channelMeans(file: text)
  }

  private func extents(_ text: String) -> (Int, Int)? {
    let parts = text.lowercased().split(separator: "x").map { Int($0) }
    guard parts.count == 2, let height = parts[0], let width = parts[1] else { return nil }
    return (1...65536).contains(height) && (1...65536).contains(width) ? (height, width) : nil
  }
}
