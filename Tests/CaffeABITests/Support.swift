import CCaffe
import CaffeABI
import CaffeTestSupport
import Testing

/// What a call that failed had to say.
struct Failure: Error {
  let code: Int
  let message: String
  let layer: String?
  let file: String?
  let line: Int
}

/// Throws what the library says when `status` isn't CAFFE_OK.
func check(_ status: caffe_status) throws {
  guard status != CAFFE_OK else { return }
  var error = caffe_error()
  caffe_last_error(&error)
  throw Failure(
    code: Int(error.code), message: String(cString: error.message), layer: error.layer.map { String(cString: $0) },
    file: error.file.map { String(cString: $0) }, line: Int(error.line))
}

/// The failure of `body`.
func failure(_ body: () throws -> Void) throws -> Failure {
  do {
    try body()
  } catch let failure as Failure {
    return failure
  }
  throw Failure(code: 0, message: "nothing failed", layer: nil, file: nil, line: 0)
}

/// A net behind a handle, freed with its owner.
final class CNet {
  var handle: caffe_net_t?

  init(_ text: String, phase: Int = CAFFE_TEST) throws {
    try check(caffe_net_parse(text, nil, Int32(phase), 0, nil, 0, &handle))
  }

  init(handle: caffe_net_t?) { self.handle = handle }

  deinit { caffe_net_free(handle) }

  @discardableResult
  func forward() throws -> Float {
    var loss: Float = .nan
    try check(caffe_net_forward(handle, 0, -1, &loss))
    return loss
  }

  func blob(_ name: String) throws -> CBlob {
    var blob: caffe_blob_t?
    try check(caffe_net_find_blob(handle, name, &blob))
    return CBlob(blob)
  }

  func parameter(_ layer: Int64, _ index: Int64) throws -> CBlob {
    var blob: caffe_blob_t?
    try check(caffe_net_parameter(handle, layer, index, &blob))
    return CBlob(blob)
  }
}

/// A blob behind a handle, freed with its owner.
final class CBlob {
  let handle: caffe_blob_t?

  init(_ handle: caffe_blob_t?) { self.handle = handle }

  deinit { caffe_blob_free(handle) }

  var shape: [Int64] {
    get throws {
      var extents = [Int64](repeating: 0, count: 32)
      var axes: Int64 = 0
      try check(caffe_blob_shape(handle, &extents, 32, &axes))
      return Array(extents.prefix(Int(axes)))
    }
  }

  func reshape(_ shape: [Int64]) throws { try check(caffe_blob_reshape(handle, shape, Int64(shape.count))) }

  func values(_ which: Int = CAFFE_DATA) throws -> [Float] {
    var values = [Float](repeating: .nan, count: Int(try shape.reduce(1, *)))
    try check(caffe_blob_read(handle, Int32(which), &values, Int64(values.count)))
    return values
  }

  func set(_ values: [Float], _ which: Int = CAFFE_DATA) throws {
    try check(caffe_blob_write(handle, Int32(which), values, Int64(values.count)))
  }

  func view(_ which: Int = CAFFE_DATA) throws -> CView {
    let view = CView()
    var count: Int64 = 0
    try check(caffe_blob_view(handle, Int32(which), &view.handle, &view.values, &count))
    view.count = Int(count)
    return view
  }
}

/// A view, freed with its owner.
final class CView {
  var handle: caffe_view_t?
  var values: UnsafeMutablePointer<Float>?
  var count = 0

  var all: [Float] { Array(UnsafeBufferPointer(start: values, count: count)) }

  func fill(_ value: Float) { values?.update(repeating: value, count: count) }

  deinit { caffe_view_free(handle) }
}

/// y = w · x + b for two values of x.
let lineNet = """
  name: "line" force_backward: true
  layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 2 } } }
  layer {
    name: "ip" type: "InnerProduct" bottom: "x" top: "y"
    inner_product_param { num_output: 1 weight_filler { type: "constant" value: 2 } bias_filler { type: "constant" value: 1 } }
  }
  """
