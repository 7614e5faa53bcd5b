import CCaffe
import Caffe

/// The version, "0.1.0".
@c @implementation
public func caffe_version() -> UnsafePointer<CChar>? { Library.shared.strings.pointer(to: caffeVersion) }

/// The version of the C interface.
@c @implementation
public func caffe_abi_version() -> Int32 { 1 }

/// Sets the seed of the nets made from now on.
@c @implementation
public func caffe_set_random_seed(_ seed: Int64) -> caffe_status {
  Library.shared.setSeed(UInt64(exactly: seed))
  return caffe_status(CAFFE_OK)
}

/// Sets how many threads the nets made from now on compute with.
@c @implementation
public func caffe_set_threads(_ threads: Int64) -> caffe_status {
  status {
    guard threads >= 0, threads <= 1 << 16 else {
      throw ArgumentFault(message: "\(threads) threads to compute with; give 1 or more, or 0 for all cores")
    }
    Library.shared.setThreads(threads == 0 ? nil : Int(threads))
  }
}

/// Sets whether the nets made from now on compute on the CPU or on a GPU.
@c @implementation
public func caffe_set_mode(_ mode: Int32) -> caffe_status {
  status {
    switch Int(mode) {
    case CAFFE_MODE_CPU: try Library.shared.setMode(.cpu)
    case CAFFE_MODE_GPU: try Library.shared.setMode(.gpu)
    default: throw ArgumentFault(message: "\(mode) is no mode; give CAFFE_MODE_CPU (0) or CAFFE_MODE_GPU (1)")
    }
  }
}

/// Sets which GPU the nets made from now on compute on.
@c @implementation
public func caffe_set_device(_ device: Int64) -> caffe_status {
  status {
    guard device >= 0, device <= 1 << 16 else {
      throw ArgumentFault(message: "GPU \(device) asked for; give 0 or more")
    }
    try Library.shared.setDevice(Int(device))
  }
}

/// Sends log lines to the caller's function.
@c @implementation
public func caffe_set_log(
  _ callback: caffe_log_callback?, _ user: UnsafeMutableRawPointer?, _ level: Int32
) -> caffe_status {
  Library.shared.log.set(callback, user: user, level: Int(level))
  return caffe_status(CAFFE_OK)
}

/// Logs a line of the caller's own.
@c @implementation
public func caffe_log(_ level: Int32, _ message: UnsafePointer<CChar>?) -> caffe_status {
  status {
    Library.shared.log.write(level: Int(level), file: "_caffe.cpp", line: 0, message: try text(message, "message"))
  }
}

/// The number of layer types.
@c @implementation
public func caffe_layer_type_count(_ count: UnsafeMutablePointer<Int64>?) -> caffe_status {
  status { try needed(count, "count").pointee = Int64(Library.shared.layerTypeNames.count) }
}

/// The name of a layer type.
@c @implementation
public func caffe_layer_type_name(
  _ index: Int64, _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> caffe_status {
  status {
    let names = Library.shared.layerTypeNames
    let index = try CaffeABI.index(index, below: names.count, "layer type")
    try needed(name, "name").pointee = Library.shared.strings.pointer(to: names[index])
  }
}

/// Makes a layer type of the caller's functions.
@c @implementation
public func caffe_register_layer(
  _ type: UnsafePointer<CChar>?, _ callbacks: UnsafePointer<caffe_layer_callbacks>?,
  _ user: UnsafeMutableRawPointer?
) -> caffe_status {
  status {
    let callbacks = try needed(callbacks, "callbacks").pointee
    Library.shared.register(RegisteredLayerType(name: try text(type, "type"), callbacks: callbacks, user: user))
  }
}

/// Adds a parameter to a layer of the caller's own.
@c @implementation
public func caffe_layer_add_parameter(
  _ layer: caffe_layer_t?, _ shape: UnsafePointer<Int64>?, _ axes: Int64,
  _ blob: UnsafeMutablePointer<caffe_blob_t?>?
) -> caffe_status {
  status {
    let box = try object(layer, as: LayerBox.self)
    guard let layer = box.layer else { throw HandleFault(message: "the layer is gone") }
    let target = try needed(blob, "blob")
    target.pointee = try layer.addParameter(try CaffeABI.shape(shape, axes))
  }
}
