import Caffe
import CaffeTestSupport

/// The net of a prototxt text on the reference engine.
func makeNet(
  _ text: String, phase: Phase = .train, engine: any Engine = ReferenceEngine(), seed: UInt64 = 1,
  log: RecordedLog? = nil
) throws -> Net {
  let file = try NetReader.parseNet(text: text, fileName: "net.prototxt")
  let context = Context(
    engine: engine, phase: phase, registry: .standard, random: RandomSource(seed: seed),
    logger: log?.logger ?? .silent)
  return try Net(file.net, context: context, locations: file.layerLocations)
}

/// An Input layer with one top, which is called as the layer.
func input(_ name: String, _ shape: [Int]) -> String {
  let extents = shape.map { "dim: \($0)" }.joined(separator: " ")
  return "layer { name: \"\(name)\" type: \"Input\" top: \"\(name)\" input_param { shape { \(extents) } } }\n"
}

/// What the layer of one bottom makes of `values`, of shape `shape`.
func output(of layer: String, _ values: [Float], _ shape: [Int], phase: Phase = .train) throws -> [Float] {
  let net = try makeNet(input("x", shape) + "layer { name: \"t\" bottom: \"x\" top: \"y\" \(layer) }", phase: phase)
  try net.blob(named: "x")?.setData(values)
  try net.forward()
  return net.blob(named: "y")?.data.values ?? []
}

/// The error of building the net and running it once, as a user reads it; empty when there is none.
func failure(_ text: String, phase: Phase = .train) -> String {
  do {
    try makeNet(text, phase: phase).forward()
    return ""
  } catch {
    return "\(error)"
  }
}

/// The error of a layer over one input of shape `shape`.
func failure(of layer: String, over shape: [Int], phase: Phase = .train) -> String {
  failure(input("x", shape) + "layer { name: \"t\" bottom: \"x\" top: \"y\" \(layer) }", phase: phase)
}

/// The error of building the net and running it there and back, as a user reads it; empty when there is none.
func failureOfBackward(_ text: String) -> String {
  do {
    let net = try makeNet(text)
    try net.forward()
    try net.backward()
    return ""
  } catch {
    return "\(error)"
  }
}

extension String {
  /// Whether all of `parts` are in it.
  func says(_ parts: String...) -> Bool { parts.allSatisfy { contains($0) } }
}
