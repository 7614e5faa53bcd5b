import CCaffe
import CaffeCore

/// Makes a blob of its own.
@c @implementation
public func caffe_blob_create(
  _ shape: UnsafePointer<Int64>?, _ axes: Int64, _ blob: UnsafeMutablePointer<caffe_blob_t?>?
) -> caffe_status {
  status {
    let target = try needed(blob, "blob")
    target.pointee = HandleTable.shared.insert(BlobBox(Blob(try CaffeABI.shape(shape, axes)), Owner()))
  }
}

/// Frees a blob's handle.
@c @implementation
public func caffe_blob_free(_ blob: caffe_blob_t?) { HandleTable.shared.remove(blob, as: BlobBox.self) }

/// Gives a blob's extents.
@c @implementation
public func caffe_blob_shape(
  _ blob: caffe_blob_t?, _ shape: UnsafeMutablePointer<Int64>?, _ capacity: Int64,
  _ axes: UnsafeMutablePointer<Int64>?
) -> caffe_status {
  status {
    let box = try object(blob, as: BlobBox.self)
    let extents = box.owner.exclusively { box.blob.shape.extents }
    try hand(extents.map(Int64.init), to: shape, capacity, axes, "shape")
  }
}

/// Changes a blob's shape.
@c @implementation
public func caffe_blob_reshape(_ blob: caffe_blob_t?, _ shape: UnsafePointer<Int64>?, _ axes: Int64) -> caffe_status {
  status {
    let box = try object(blob, as: BlobBox.self)
    let shape = try CaffeABI.shape(shape, axes)
    box.owner.exclusively { box.blob.reshape(to: shape) }
  }
}

/// Copies a blob's values out.
@c @implementation
public func caffe_blob_read(
  _ blob: caffe_blob_t?, _ which: Int32, _ values: UnsafeMutablePointer<Float>?, _ count: Int64
) -> caffe_status {
  status {
    let box = try object(blob, as: BlobBox.self)
    try box.owner.exclusively {
      let buffer = try box.buffer(which)
      let target = try room(values, count, for: buffer)
      target?.update(from: buffer.hostForReading(), count: buffer.count)
    }
  }
}

/// Copies a blob's values in.
@c @implementation
public func caffe_blob_write(
  _ blob: caffe_blob_t?, _ which: Int32, _ values: UnsafePointer<Float>?, _ count: Int64
) -> caffe_status {
  status {
    let box = try object(blob, as: BlobBox.self)
    try box.owner.exclusively {
      let buffer = try box.buffer(which)
      guard let source = try room(UnsafeMutablePointer(mutating: values), count, for: buffer) else { return }
      buffer.hostForOverwriting().update(from: source, count: buffer.count)
    }
  }
}

/// Opens a window on a blob's values.
@c @implementation
public func caffe_blob_view(
  _ blob: caffe_blob_t?, _ which: Int32, _ view: UnsafeMutablePointer<caffe_view_t?>?,
  _ values: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>?, _ count: UnsafeMutablePointer<Int64>?
) -> caffe_status {
  status {
    let box = try object(blob, as: BlobBox.self)
    let (view, values) = (try needed(view, "view"), try needed(values, "values"))
    try box.owner.exclusively {
      let buffer = try box.buffer(which)
      let window = ViewBox(buffer, box.owner)
      values.pointee = window.memory.pointer
      count?.pointee = Int64(buffer.count)
      view.pointee = HandleTable.shared.insert(window)
    }
  }
}

/// Closes a window.
@c @implementation
public func caffe_view_free(_ view: caffe_view_t?) { HandleTable.shared.remove(view, as: ViewBox.self) }

extension BlobBox {
  /// Values or gradients, as `which` says.
  fileprivate func buffer(_ which: Int32) throws -> Buffer {
    switch Int(which) {
    case Int(CAFFE_DATA): return blob.data
    case Int(CAFFE_DIFF): return blob.diff
    default: throw ArgumentFault(message: "\(which) asked for of a blob; give CAFFE_DATA or CAFFE_DIFF")
    }
  }
}

/// `values`, if there are as many as the buffer holds; nil where it holds none.
private func room(
  _ values: UnsafeMutablePointer<Float>?, _ count: Int64, for buffer: Buffer
) throws -> UnsafeMutablePointer<Float>? {
  guard count == Int64(buffer.count) else {
    throw CaffeError(.shape, "room for \(count) values given for a blob of \(buffer.count); give \(buffer.count)")
  }
  return count == 0 ? nil : try needed(values, "values")
}

/// Gives the caller as much of a list as fits, and its length.
func hand(
  _ list: [Int64], to target: UnsafeMutablePointer<Int64>?, _ capacity: Int64, _ count: UnsafeMutablePointer<Int64>?,
  _ name: String
) throws {
  let count = try needed(count, "the number of \(name)")
  if capacity > 0 {
    let target = try needed(target, name)
    for (index, value) in list.prefix(Int(clamping: capacity)).enumerated() { target[index] = value }
  }
  count.pointee = Int64(list.count)
}
