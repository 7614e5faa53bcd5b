import Caffe
import CaffeTestSupport

/// The net of a prototxt text, on the reference engine.
func makeNet(
  _ text: String, phase: Phase = .train, level: Int32 = 0, stages: [String] = [], log: RecordedLog? = nil
) throws -> Net {
  let read = try NetReader.parseNet(text: text, fileName: "net.prototxt")
  var parameter = read.net
  parameter.state.level = level
  parameter.state.stage = stages
  let context = Context(
    engine: ReferenceEngine(), phase: phase, registry: .standard, random: RandomSource(seed: 1),
    logger: log?.logger ?? .silent)
  return try Net(parameter, context: context, locations: read.layerLocations)
}

let twoInputs = """
  layer { name: "in" type: "Input" top: "x" top: "l" input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }
  """
