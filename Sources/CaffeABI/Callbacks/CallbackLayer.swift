import CCaffe
import Caffe

/// A layer type that the caller registered.
struct RegisteredLayerType: @unchecked Sendable {
  let name: String
  let callbacks: caffe_layer_callbacks
  let user: UnsafeMutableRawPointer?
}

/// A layer that the caller's functions compute.
///
/// Bottoms and tops: as many as its functions like; in-place use is theirs to judge. Parameters: those that `set_up` adds.
/// Gradient: what `backward` writes. Errors: those that the functions report.
///
/// Source: Caffe's Python layer, of which this is the general form.
final class CallbackLayer: Layer {
  override class var allowsInPlace: Bool { true }

  private let type: RegisteredLayerType
  private let owner: Owner
  /// What `create` gave.
  private(set) var instance: UnsafeMutableRawPointer?
  private var isCreated = false
  private var isSettingUp = false
  private var handles: [ObjectIdentifier: OpaquePointer] = [:]
  private var ownHandle: OpaquePointer?

  /// Only the registered functions can make one.
  required init(_ parameter: LayerParameter, context: Context) throws {
    throw CaffeError(.unsupported, "this layer is made of functions, and none are given", layer: parameter.name)
  }

  /// Has the caller make what computes.
  init(_ parameter: LayerParameter, context: Context, type: RegisteredLayerType, owner: Owner) throws {
    self.type = type
    self.owner = owner
    try super.init(parameter, context: context)
    ownHandle = HandleTable.shared.insert(LayerBox(self))
    var made: UnsafeMutableRawPointer?
    try reporting("create") {
      Self.withInfo(of: parameter, phase: context.phase) { info in type.callbacks.create?(type.user, info, &made) }
    }
    instance = made
    isCreated = true
  }

  deinit {
    for handle in handles.values { HandleTable.shared.remove(handle, as: BlobBox.self) }
    HandleTable.shared.remove(ownHandle, as: LayerBox.self)
    if isCreated { type.callbacks.destroy?(instance) }
  }

  override func setUp(bottom: [Blob], top: [Blob]) throws {
    isSettingUp = true
    defer { isSettingUp = false }
    try call("set_up", type.callbacks.set_up, bottom, top)
  }

  override func reshape(bottom: [Blob], top: [Blob]) throws {
    try call("reshape", type.callbacks.reshape, bottom, top)
  }

  override func forward(bottom: [Blob], top: [Blob]) throws {
    try call("forward", type.callbacks.forward, bottom, top)
  }

  override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    try call("backward", type.callbacks.backward, bottom, top, propagateDown)
  }

  /// Adds a parameter of zeros and gives its handle.
  func addParameter(_ shape: Shape) throws -> OpaquePointer? {
    guard isSettingUp else { throw error(.value, "parameters can only be added while the layer is set up") }
    let blob = Blob(shape)
    blobs.append(blob)
    return handle(of: blob)
  }

  // MARK: -

  private func handle(of blob: Blob) -> OpaquePointer? {
    let key = ObjectIdentifier(blob)
    if let known = handles[key] { return known }
    let handle = HandleTable.shared.insert(BlobBox(blob, owner))
    handles[key] = handle
    return handle
  }

  private typealias Function =
    @convention(c) (
      UnsafeMutableRawPointer?, UnsafePointer<caffe_layer_call>?
    ) -> caffe_status

  private func call(
    _ name: String, _ function: Function?, _ bottom: [Blob], _ top: [Blob], _ propagateDown: [Bool] = []
  ) throws {
    guard let function else { return }
    let bottoms = bottom.map(handle(of:))
    let tops = top.map(handle(of:))
    let wanted = propagateDown.map { Int32($0 ? 1 : 0) }
    try reporting(name) {
      bottoms.withUnsafeBufferPointer { bottoms in
        tops.withUnsafeBufferPointer { tops in
          wanted.withUnsafeBufferPointer { wanted in
            var call = caffe_layer_call(
              layer: ownHandle, bottoms: bottoms.baseAddress, bottom_count: Int64(bottoms.count),
              tops: tops.baseAddress, top_count: Int64(tops.count), propagate_down: wanted.baseAddress)
            return owner.callingBack { function(instance, &call) }
          }
        }
      }
    }
  }

  private func reporting(_ name: String, _ body: () -> caffe_status?) throws {
    try CallbackFailure.check("the function \(name) of the layer type \"\(type.name)\"", layer: self.name, body)
  }

  private static func withInfo<Result>(
    of parameter: LayerParameter, phase: Phase, _ body: (UnsafePointer<caffe_layer_info>) -> Result
  ) -> Result {
    let python = parameter.pythonParam
    let strings = CStrings()
    defer { withExtendedLifetime(strings) {} }
    var info = caffe_layer_info(
      name: strings.pointer(to: parameter.name), type: strings.pointer(to: parameter.type),
      phase: Int32(phase == .train ? CAFFE_TRAIN : CAFFE_TEST), module: strings.pointer(to: python.module),
      layer: strings.pointer(to: python.layer), param_str: strings.pointer(to: python.paramStr),
      prototxt: strings.pointer(to: parameter.prototxt()))
    return body(&info)
  }
}

extension CallbackFailure {
  /// Calls `body`, a callback, and throws when it doesn't return CAFFE_OK, with what it told `caffe_set_error`.
  static func check(_ what: String, layer: String? = nil, _ body: () -> caffe_status?) throws {
    caffe_set_error(caffe_status(CAFFE_OK), "")
    guard let status = body(), status != CAFFE_OK else { return }
    var error = caffe_error()
    caffe_last_error(&error)
    let told = error.message.map { String(cString: $0) } ?? ""
    throw CallbackFailure(
      message: told.isEmpty ? "\(what) failed with status \(status); have it call caffe_set_error" : told, layer: layer)
  }
}
