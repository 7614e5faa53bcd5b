import CCaffe
import CaffeCore

/// Calls `body` and says how it ended; an error is kept for `caffe_last_error`.
func status(_ body: () throws -> Void) -> caffe_status {
  do {
    try body()
    return caffe_status(CAFFE_OK)
  } catch {
    return store(error)
  }
}

/// The object of a handle.
func object<Object: Held>(_ handle: OpaquePointer?, as type: Object.Type = Object.self) throws -> Object {
  try HandleTable.shared.object(handle, as: type)
}

/// What a pointer that mustn't be NULL points to.
func needed<Pointer>(_ pointer: Pointer?, _ name: String) throws -> Pointer {
  guard let pointer else { throw ArgumentFault(message: "NULL given for \(name)") }
  return pointer
}

/// The text at a pointer that mustn't be NULL.
func text(_ pointer: UnsafePointer<CChar>?, _ name: String) throws -> String {
  guard let text = String(validatingCString: try needed(pointer, name)) else {
    throw ArgumentFault(message: "\(name) is no UTF-8 text")
  }
  return text
}

/// `index` as an index into `count` things called `name`.
func index(_ index: Int64, below count: Int, _ name: String) throws -> Int {
  guard index >= 0, index < Int64(count) else {
    throw ArgumentFault(message: "\(name) \(index) asked for, but there are \(count): give 0 to \(count - 1)")
  }
  return Int(index)
}

/// A shape given as an array.
func shape(_ extents: UnsafePointer<Int64>?, _ axes: Int64) throws -> Shape {
  guard axes >= 0, axes <= 32 else { throw ArgumentFault(message: "\(axes) axes given; a blob has 0 to 32") }
  guard axes > 0 else { return [] }
  let given = UnsafeBufferPointer(start: try needed(extents, "shape"), count: Int(axes))
  let shape = try Shape(validating: given.map { Int($0) })
  try shape.checkFitsMemory()
  return shape
}

/// A failure of a callback, which has left its message.
struct CallbackFailure: Error, CustomStringConvertible {
  let message: String
  let layer: String?

  var description: String { (layer.map { "layer \"\($0)\": " } ?? "") + message }
}

private func store(_ error: any Error) -> caffe_status {
  let code: Int
  var message: String
  var layer: String?
  var location: FileLocation?
  switch error {
  case let error as CaffeError:
    code = codes[error.code] ?? CAFFE_ERROR_OTHER
    message = error.message
    if let cause = error.cause { message += " (\(cause))" }
    (layer, location) = (error.layer, error.location)
  case let fault as HandleFault: (code, message) = (CAFFE_ERROR_HANDLE, fault.message)
  case let fault as ArgumentFault: (code, message) = (CAFFE_ERROR_ARGUMENT, fault.message)
  case let failure as CallbackFailure:
    (code, message, layer) = (CAFFE_ERROR_CALLBACK, failure.message, failure.layer)
  default: (code, message) = (CAFFE_ERROR_OTHER, "\(error)")
  }
  let (line, column) = (Int64(location?.line ?? 0), Int64(location?.column ?? 0))
  optional(layer) { layer in
    optional(location?.file) { file in caffe_store_error(caffe_status(code), message, layer, file, line, column) }
  }
  return caffe_status(code)
}

private let codes: [CaffeError.Code: Int] = [
  .syntax: CAFFE_ERROR_SYNTAX, .field: CAFFE_ERROR_FIELD,
  .graph: CAFFE_ERROR_GRAPH, .shape: CAFFE_ERROR_SHAPE,
  .value: CAFFE_ERROR_VALUE, .file: CAFFE_ERROR_FILE,
  .corrupt: CAFFE_ERROR_CORRUPT, .unsupported: CAFFE_ERROR_UNSUPPORTED,
  .nonFinite: CAFFE_ERROR_NON_FINITE, .flag: CAFFE_ERROR_FLAG
]

/// Calls `body` with `text` for C, or NULL.
func optional<Result>(_ text: String?, _ body: (UnsafePointer<CChar>?) throws -> Result) rethrows -> Result {
  guard let text else { return try body(nil) }
  return try text.withCString { try body($0) }
}
