import CaffeCore
import CaffeNet
import CaffeProto

/// A net in one phase, as rules look at it.
public struct LintedNet {
  /// The file that it is in.
  public let file: String
  /// The phase.
  public let phase: Phase
  /// Its layers in this phase, upgraded to today's form.
  public let layers: [LayerParameter]
  /// Whether it has a loss in phase TRAIN: whether it is there to be trained.
  public let isTrained: Bool
  /// The layers that read each top of each layer, as it is before another layer changes it in-place.
  public let readers: [[[Int]]]
  /// The layer and the top that each bottom of each layer comes from; nil where nothing produces it.
  public let sources: [[Top?]]
  /// What the files behind its data layers hold.
  let data: DataFacts

  private let locations: [FileLocation]
  private let places: FieldPlaces

  /// A top of a layer.
  public struct Top: Hashable, Sendable {
    /// The layer's index.
    public var layer: Int
    /// Which of its tops.
    public var top: Int
  }

  init(_ read: NetFile, file: String, phase: Phase, view: NetView, places: FieldPlaces, data: DataFacts) {
    self.file = file
    self.phase = phase
    self.places = places
    self.data = data
    let indices = view.indices(phase)
    layers = indices.map { read.net.layer[$0] }
    locations = indices.map { $0 < read.layerLocations.count ? read.layerLocations[$0] : FileLocation(file: file) }
    isTrained = view.isTrained
    var current: [String: Top] = [:]
    var readers = layers.map { $0.top.map { _ in [Int]() } }
    var sources: [[Top?]] = []
    for (index, layer) in layers.enumerated() {
      sources.append(layer.bottom.map { current[$0] })
      for case let source? in sources[index] { readers[source.layer][source.top].append(index) }
      for (top, name) in layer.top.enumerated() { current[name] = Top(layer: index, top: top) }
    }
    self.readers = readers
    self.sources = sources
  }

  /// Where layer `index` is: its first field of those named, else its beginning.
  public func place(_ index: Int, _ fields: String...) -> FileLocation {
    fields.lazy.compactMap { places.place(of: $0, in: locations[index]) }.first ?? locations[index]
  }

  /// The layer that bottom `bottom` of layer `index` comes from.
  public func source(of index: Int, bottom: Int = 0) -> Int? {
    bottom < sources[index].count ? sources[index][bottom]?.layer : nil
  }
}

/// Which layers a net has in which phase, and in which phases it is a net at all.
struct NetView {
  private let train: [Int]
  private let test: [Int]
  let isTrained: Bool
  let phases: [Phase]

  init(_ read: NetFile, level: Int?, stages: [String]) {
    func indices(_ phase: Phase) -> [Int] {
      var state = read.net.state
      state.phase = phase
      if let level { state.level = Int32(clamping: level) }
      state.stage += stages
      return read.layerIndices(in: state)
    }
    let layers = read.net.layer
    let train = indices(.train)
    let test = indices(.test)
    let isTrained = train.contains { layers[$0].isLoss } && train.contains { layers[$0].isSource }
    var phases: [Phase] = []
    if isTrained { phases.append(.train) }
    // A file without data for the tests is there for training alone.
    if test.contains(where: { layers[$0].isSource }) || !isTrained { phases.append(.test) }
    self.train = train
    self.test = test
    self.isTrained = isTrained
    self.phases = phases
  }

  func indices(_ phase: Phase) -> [Int] { phase == .train ? train : test }
}

extension LayerParameter {
  /// Whether it adds to the loss.
  var isLoss: Bool {
    lossWeight.isEmpty ? type.hasSuffix("Loss") || type.hasSuffix("WithLoss") : lossWeight.contains { $0 != 0 }
  }

  /// Whether it brings values in.
  var isSource: Bool { bottom.isEmpty && type != "Parameter" && !top.isEmpty }
}
