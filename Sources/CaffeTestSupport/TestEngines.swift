import Caffe

/// The engines that tests run on.
package enum TestEngines {
  /// One of each kind, the reference engine first.
  package static var all: [any Engine] {
    var engines: [any Engine] = [ReferenceEngine()]
    for name in EngineName.allCases {
      if let engine = try? name.make(), !engines.contains(where: { $0.name == engine.name }) { engines.append(engine) }
    }
    return engines
  }
}
