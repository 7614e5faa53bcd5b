import Caffe

/// The engines that tests run on.
package enum TestEngines {
  /// All that this machine has, the reference engine first.
  package static var all: [any Engine] { [ReferenceEngine()] }
}
