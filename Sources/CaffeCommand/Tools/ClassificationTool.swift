import ArgumentParser
import Caffe

/// `classification`: the five best classes of a picture, as the original's C++ example prints them.
struct ClassificationTool: Verb {
  static let configuration = CommandConfiguration(
    commandName: "classification", abstract: "Says what is in a picture: the five best classes.",
    discussion: "The order of arguments is that of the original's example; caffe predict takes more pictures.")

  @Argument(help: "The net, a deploy prototxt.")
  var model: String
  @Argument(help: "Its weights, a .caffemodel.")
  var weights: String
  @Argument(help: "The mean picture, a .binaryproto; the mean of each channel is subtracted.")
  var mean: String
  @Argument(help: "The names of the classes, one a line.")
  var labels: String
  @Argument(help: "The picture.")
  var picture: String
  @OptionGroup(title: "Log") var log: LogFlags

  func run(_ session: Session) throws {
    let context = Context(phase: .test, logger: session.logger)
    // The mean that is given counts; the rest is what travels with the model.
    var preprocessing = try Classifier.preprocessing(model: model, weights: [weights], context: context)
    preprocessing.mean = try Preprocessing.channelMeans(file: mean)
    let classifier = try Classifier(
      model: model, weights: [weights], preprocessing: preprocessing, context: context)
    let names = try ClassLabels(labels)
    let image = try Picture.read(file: picture, color: .asStored, orientation: .ignore)
    let scores = try classifier.scores(of: [image])[0]
    try names.check(count: scores.count)
    var text = "---------- Prediction for \(picture) ----------\n"
    for prediction in scores.best(5) {
      text += "\(prediction.score.fixed(4)) - \"\(names.names[prediction.index])\"\n"
    }
    Platform.write(text, to: Platform.standardOutput)
  }
}
