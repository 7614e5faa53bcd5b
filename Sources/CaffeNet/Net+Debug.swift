import CaffeCore
import Logging

/// What `debug_info: true` logs: the mean absolute value of everything that a pass computes.
extension Net {
  func logForward(_ index: Int) {
    let layer = layers[index]
    for (name, blob) in zip(layerParameters[index].top, tops[index]) {
      log("[Forward] Layer \(layer.name), top blob \(name) data: \(mean(blob.data, blob))", at: "net.cpp:591")
    }
    for parameter in parameters where parameter.layer === layer {
      let value = mean(parameter.blob.data, parameter.blob)
      log("[Forward] Layer \(layer.name), param blob \(parameter.displayName) data: \(value)", at: "net.cpp:603")
    }
  }

  func logBackward(_ index: Int) {
    let layer = layers[index]
    for (position, blob) in bottoms[index].enumerated() where bottomNeedsBackward[index][position] {
      let name = layerParameters[index].bottom[position]
      log("[Backward] Layer \(layer.name), bottom blob \(name) diff: \(mean(blob.diff, blob))", at: "net.cpp:619")
    }
    for (position, blob) in layer.blobs.enumerated() where layer.propagatesToParameter[position] {
      log("[Backward] Layer \(layer.name), param blob \(position) diff: \(mean(blob.diff, blob))", at: "net.cpp:630")
    }
  }

  /// Logs, before an update, the values and the update of each parameter.
  package func logUpdate() {
    for parameter in learnable {
      let name = "Layer \(parameter.layer.name), param \(parameter.displayName)"
      let data = mean(parameter.blob.data, parameter.blob)
      log("[Update] \(name) data: \(data); diff: \(mean(parameter.blob.diff, parameter.blob))", at: "net.cpp:643")
    }
  }

  func logParameterNorms() {
    let engine = context.engine
    var l1 = (data: Float(0), diff: Float(0))
    var l2 = (data: Float(0), diff: Float(0))
    for blob in learnable.map(\.blob) {
      l1.data += engine.absoluteSum(blob.data, count: blob.count)
      l1.diff += engine.absoluteSum(blob.diff, count: blob.count)
      l2.data += engine.sumOfSquares(blob.data, count: blob.count)
      l2.diff += engine.sumOfSquares(blob.diff, count: blob.count)
    }
    let norms = "L1 norm = (\(l1.data), \(l1.diff)); L2 norm = (\(l2.data.squareRoot()), \(l2.diff.squareRoot()))"
    log("[Backward] All net params (data, diff): \(norms)", at: "net.cpp:685")
  }

  private func mean(_ buffer: Buffer, _ blob: Blob) -> Float {
    blob.count == 0 ? 0 : context.engine.absoluteSum(buffer, count: blob.count) / Float(blob.count)
  }

  private func log(_ text: String, at source: LogSource) { context.logger.info("    \(text)", at: source) }
}
