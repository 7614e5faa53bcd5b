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
  @OptionGroup(title: "Prediction") var input: PredictionFlags
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingFlags
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
      preprocessing: preprocessing.changing(
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
  }
}
