import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport

/// What a broken operation does to its result.
enum Fault: CaseIterable, Sendable {
  /// The last value is wrong.
  case lastValue
  /// All are too large by a little.
  case scaled
}

/// Breaks one operation in one of its results.
final class Breaker: EngineListener {
  private let operation: EngineOperation
  private let fault: Fault
  private let place: Int

  /// Breaks result `place` of those that `operation` has.
  init(_ operation: EngineOperation, _ fault: Fault, place: Int) {
    self.operation = operation
    self.fault = fault
    self.place = place
  }

  /// The reference engine, broken.
  var engine: ForwardingEngine { ForwardingEngine(ReferenceEngine(), listener: self) }

  func finished(_ operation: EngineOperation, writing buffers: [Buffer?]) {
    guard operation == self.operation, place < buffers.count, let buffer = buffers[place], buffer.count > 0 else {
      return
    }
    var values = buffer.values
    switch fault {
    case .lastValue: values[values.count - 1] = spoilt(values[values.count - 1]) + 0.01
    case .scaled: values = values.map(spoilt)
    }
    buffer.set(values)
  }

  func reduced(_ operation: EngineOperation, to value: Float) -> Float {
    guard operation == self.operation, place == 0 else { return value }
    // An index has to be off by one to be wrong.
    return operation == .firstNonFinite ? value + 1 : spoilt(value)
  }

  private func spoilt(_ value: Float) -> Float { value * 1.01 }
}

/// Makes an operation overwrite what it should add to.
final class Eraser: EngineListener {
  private let operation: EngineOperation

  init(_ operation: EngineOperation) { self.operation = operation }

  func starting(_ operation: EngineOperation, writing buffers: [Buffer?]) {
    guard operation == self.operation else { return }
    for buffer in buffers { buffer?.set(Array(repeating: 0, count: buffer?.count ?? 0)) }
  }
}

/// Knows nothing of pooling.
final class Refuser: EngineListener {
  func planning(_ operation: EngineOperation) throws {
    if operation == .poolingForward { throw CaffeError(.unsupported, "no pooling here") }
  }
}

/// Only listens.
final class Bystander: EngineListener {}
