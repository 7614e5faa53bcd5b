import ArgumentParser
import Caffe

/// `caffe show`: what a trained net has in it, as pictures.
struct ShowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows filters, activations, weights and what a net looks at, as pictures.",
    discussion: """
      One of --filters, --histogram, --blob and --explain. --filters and --histogram need --weights alone; --blob and --explain run a picture, \
      --image, through the --model, a deploy prototxt. What is done to the picture is what caffe predict does.
      """)

  @Option(help: "The layer whose filters are shown as tiles.")
  var filters: String?
  @Option(help: "The layer whose parameters are counted by value.")
  var histogram: String?
  @Option(help: "The blob whose channels are shown for --image.")
  var blob: String?
  @Option(help: "Show which pixels of --image the score of its class depends on.")
  var explain: Bool = false
  @Option(help: "A picture.")
  var image: String?
  @Option(name: .customLong("class"), help: "The class of --explain (default: that of the largest score).")
  var chosenClass: Int?
  @Option(help: "The picture to write, NAME.png; for --histogram also NAME.svg (default: named by what it shows).")
  var out: String?
  @Option(help: "About how many pixels wide the tiles are together.")
  var size: Int = 800
  @Option(help: "all: one scale of brightness for all tiles; each: one for each.")
  var range: TileSheet.Range = .all
  @OptionGroup(title: "Preprocessing") var preprocessing: PreprocessingFlags
  @OptionGroup(title: "Net") var net: NetFlags
  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags

  func validate() throws {
    let wanted = [filters != nil, histogram != nil, blob != nil, explain].count { $0 }
    if wanted != 1 {
      throw ValidationError("give one of --filters=LAYER, --histogram=LAYER, --blob=NAME and --explain")
    }
    if size < 16 || size > 16_000 { throw ValidationError("--size=\(size): give 16 to 16000") }
  }

  func run(_ session: Session) throws {
    guard !net.weightFiles.isEmpty else { throw CaffeError(.flag, "Need weights to show. Give --weights=FILE") }
    var session = session
    session.logger.logLevel = .warning
    if let filters { return try show(filtersOf: filters) }
    if let histogram { return try show(histogramOf: histogram) }
    guard let model = net.model, !model.isEmpty, let image, !image.isEmpty else {
      throw CaffeError(.flag, "Need a net and a picture. Give --model=FILE, a deploy prototxt, and --image=FILE")
    }
    var context = try session.context(machine, phase: .test)
    // Layers that are computed together leave out the values between them.
    context.fusesLayers = false
    let base = try Classifier.preprocessing(model: model, weights: net.weightFiles, context: context)
    let classifier = try Classifier(
      model: model, weights: net.weightFiles, preprocessing: preprocessing.changing(base), context: context,
      unknownFields: machine.unknownFields, forceBackward: explain)
    let picture = try Picture.read(file: image, color: .asStored, orientation: .apply)
    if let blob { try show(blob, of: picture, classifier) } else { try show(picture, classifier) }
  }

  // MARK: - What there is to show

  /// The parameters of the first of the weights files that has the layer.
  private func parameters(of layer: String) throws -> StoredParameters {
    var failure: (any Error)?
    for file in net.weightFiles {
      do { return try StoredParameters(of: layer, file: file) } catch { failure = failure ?? error }
    }
    throw failure ?? CaffeError(.flag, "Need weights to show. Give --weights=FILE")
  }

  private func show(filtersOf layer: String) throws {
    let stored = try parameters(of: layer)
    guard let values = stored.values.first, let shape = stored.shapes.first else {
      throw CaffeError(.value, "the layer \"\(layer)\" has no parameters to show")
    }
    let isRGB = preprocessing.channelOrder?.lowercased() == "rgb"
    let sheet = try TileSheet(filters: values, shape: TileSheet.axes(shape), isRGB: isRGB)
    let file = try write(sheet.picture(size: size, range: range), named: layer)
    say(
      "\(WeightHistogram(values, title: layer).text); \(sheet.tiles.count) tiles of \(sheet.height)×\(sheet.width): \(file)"
    )
  }

  private func show(histogramOf layer: String) throws {
    let stored = try parameters(of: layer)
    for (index, values) in stored.values.enumerated() {
      let histogram = WeightHistogram(
        values, title: "\(layer), parameter \(index) (\(stored.shapes[index].map(String.init).joined(separator: "×")))")
      let name = index == 0 ? place(of: "\(layer)-histogram") : numbered(place(of: "\(layer)-histogram"), index)
      try histogram.drawing().write(to: name)
      say("\(histogram.text): \(name)")
    }
  }

  private func show(_ name: String, of picture: Picture, _ classifier: Classifier) throws {
    guard let blob = classifier.net.blob(named: name) else {
      let names = classifier.net.blobNames
      throw CaffeError(
        .flag,
        "there is no blob \"\(name)\"\(NearNames.hint(for: name, among: names)); blobs: \(names.joined(separator: ", "))"
      )
    }
    _ = try classifier.scores(of: [picture])
    let sheet = try TileSheet(activations: blob.data.values, shape: blob.shape.extents)
    let file = try write(sheet.picture(size: size, range: range), named: name)
    say("\(WeightHistogram(blob.data.values, title: name).text), shape \(blob.shape.list): \(file)")
  }

  private func show(_ picture: Picture, _ classifier: Classifier) throws {
    let saliency = try Saliency(of: picture, class: chosenClass, in: classifier)
    let file = try write(saliency.picture(of: picture), named: "explain")
    say("class \(saliency.index), score \(saliency.score.general): \(file)")
  }

  // MARK: - Files

  private func write(_ picture: Picture, named name: String) throws -> String {
    let file = place(of: name)
    try picture.write(to: file)
    return file
  }

  /// Where a picture goes: --out, else a name made of what it shows.
  private func place(of name: String) -> String {
    if let out, !out.isEmpty { return out }
    return name.replacing("/", with: "-") + ".png"
  }

  private func numbered(_ file: String, _ number: Int) -> String {
    guard let end = file.lastIndex(of: ".") else { return "\(file)-\(number)" }
    return "\(file[..<end])-\(number)\(file[end...])"
  }

  private func say(_ line: String) { Platform.write(line + "\n", to: Platform.standardOutput) }
}

extension TileSheet.Range: ExpressibleByArgument {}

extension TileSheet {
  /// The shape without the ones that older files have before a matrix.
  fileprivate static func axes(_ shape: [Int]) -> [Int] {
    shape.count == 4 && shape[0] == 1 && shape[1] == 1 && shape[2] > 1 ? Array(shape[2...]) : shape
  }
}
