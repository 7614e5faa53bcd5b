import Caffe
import CaffeTestSupport
import Logging
import Synchronization

/// The messages of everything logged through its logger.
final class CapturedLog: Sendable {
  private let storage = Mutex<[String]>([])

  /// The messages so far, in order.
  var lines: [String] { storage.withLock { $0 } }

  /// A logger that writes here.
  var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: CapturedLog
    var logLevel = Logger.Level.trace
    var metadata = Logger.Metadata()
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { log.storage.withLock { $0.append("\(event.message)") } }
  }
}

/// The net of a prototxt text, on the reference engine.
func makeNet(
  _ text: String, phase: Phase = .train, level: Int32 = 0, stages: [String] = [], log: CapturedLog? = nil
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
