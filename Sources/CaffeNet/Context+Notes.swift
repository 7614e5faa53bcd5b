import CaffeCore
import CaffeProto

extension Context {
  /// Logs what a reader has to tell about a file.
  package func log(_ note: ReadingNote) {
    switch note.level {
    case .info: logger.info("\(note)", at: "upgrade_proto.cpp:1108")
    case .warning: logger.warning("\(note)", at: "upgrade_proto.cpp:1108")
    case .error: logger.error("\(note)", at: "upgrade_proto.cpp:1108")
    }
  }
}
