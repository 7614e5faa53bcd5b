import CCaffe
import Caffe
import Foundation

/// Makes a net of a file.
@c @implementation
public func caffe_net_open(
  _ file: UnsafePointer<CChar>?, _ phase: Int32, _ level: Int32, _ stages: UnsafePointer<UnsafePointer<CChar>?>?,
  _ stage_count: Int64, _ net: UnsafeMutablePointer<caffe_net_t?>?
) -> caffe_status {
  makeNet(phase, level, stages, stage_count, net) {
    let file = try text(file, "file")
    return { context in
      try NetReader.readNet(file: file, notes: { context.log($0) })
    }
  }
}

/// Makes a net of text.
@c @implementation
public func caffe_net_parse(
  _ text: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ phase: Int32, _ level: Int32,
  _ stages: UnsafePointer<UnsafePointer<CChar>?>?, _ stage_count: Int64, _ net: UnsafeMutablePointer<caffe_net_t?>?
) -> caffe_status {
  makeNet(phase, level, stages, stage_count, net) {
    let content = try CaffeABI.text(text, "text")
    let name = try name.map { try CaffeABI.text($0, "name") } ?? "<text>"
    return { context in
      try NetReader.parseNet(text: content, fileName: name, notes: { context.log($0) })
    }
  }
}

private func makeNet(
  _ phase: Int32, _ level: Int32, _ stages: UnsafePointer<UnsafePointer<CChar>?>?, _ stageCount: Int64,
  _ net: UnsafeMutablePointer<caffe_net_t?>?, _ source: () throws -> (Context) throws -> NetFile
) -> caffe_status {
  status {
    let target = try needed(net, "net")
    guard [CAFFE_TRAIN, CAFFE_TEST].contains(Int(phase)) else {
      throw ArgumentFault(message: "phase \(phase) given; give CAFFE_TRAIN or CAFFE_TEST")
    }
    guard stageCount >= 0, stageCount == 0 || stages != nil else {
      throw ArgumentFault(message: "\(stageCount) stages given, but no array of them")
    }
    let names = try (0..<Int(stageCount)).map { try text(stages?[$0], "stage \($0)") }
    let owner = Owner()
    let context = try Library.shared.context(Int(phase) == CAFFE_TRAIN ? .train : .test, owner: owner)
    let read = try source()(context)
    var parameter = read.net
    parameter.state.phase = context.phase
    parameter.state.level = level
    parameter.state.stage += names
    // The lock is held since layers of the caller's own may hand blobs out meanwhile.
    let built = try owner.exclusively { try Net(parameter, context: context, locations: read.layerLocations) }
    target.pointee = HandleTable.shared.insert(NetBox(built, owner))
  }
}

/// Frees a net's handle.
@c @implementation
public func caffe_net_free(_ net: caffe_net_t?) { HandleTable.shared.remove(net, as: NetBox.self) }

/// Copies parameters from a file.
@c @implementation
public func caffe_net_load(_ net: caffe_net_t?, _ file: UnsafePointer<CChar>?) -> caffe_status {
  status {
    let (box, file) = (try object(net, as: NetBox.self), try text(file, "file"))
    try box.owner.computing { _ = try box.net.loadWeights(file: file) }
  }
}

/// Writes the parameters to a file.
@c @implementation
public func caffe_net_save(
  _ net: caffe_net_t?, _ file: UnsafePointer<CChar>?, _ format: Int32, _ with_gradients: Int32
) -> caffe_status {
  status {
    let (box, file) = (try object(net, as: NetBox.self), try text(file, "file"))
    let formats: [Int: WeightsFormat?] = [
      CAFFE_FORMAT_BY_NAME: nil, CAFFE_FORMAT_BINARY: .binary, CAFFE_FORMAT_HDF5: .hdf5
    ]
    guard let wanted = formats[Int(format)] else {
      throw ArgumentFault(message: "format \(format) given; give one of CAFFE_FORMAT_…")
    }
    try box.owner.computing {
      try box.net.saveWeights(file: file, format: wanted, includingGradients: with_gradients != 0)
    }
  }
}

/// Shares parameters with another net.
@c @implementation
public func caffe_net_share(_ net: caffe_net_t?, _ other: caffe_net_t?) -> caffe_status {
  status {
    let (box, other) = (try object(net, as: NetBox.self), try object(other, as: NetBox.self))
    try share(box, with: other)
  }
}

func share(_ box: NetBox, with other: NetBox) throws {
  box.owner.join(other.owner)
  try box.owner.exclusively { try box.net.shareTrainedLayers(with: other.net) }
}

/// Makes all shapes follow from the inputs'.
@c @implementation
public func caffe_net_reshape(_ net: caffe_net_t?) -> caffe_status {
  status {
    let box = try object(net, as: NetBox.self)
    try box.owner.computing { try box.net.reshape() }
  }
}

/// Computes.
@c @implementation
public func caffe_net_forward(
  _ net: caffe_net_t?, _ first: Int64, _ last: Int64, _ loss: UnsafeMutablePointer<Float>?
) -> caffe_status {
  status {
    let box = try object(net, as: NetBox.self)
    let (first, last) = (try box.layer(first), try box.layer(last == -1 ? Int64(box.net.layers.count) - 1 : last))
    let result = try box.owner.computing { last < first ? 0 : try box.net.forward(from: first, through: last) }
    loss?.pointee = result
  }
}

/// Computes gradients.
@c @implementation
public func caffe_net_backward(_ net: caffe_net_t?, _ first: Int64, _ last: Int64) -> caffe_status {
  status {
    let box = try object(net, as: NetBox.self)
    let (first, last) = (try box.layer(first == -1 ? Int64(box.net.layers.count) - 1 : first), try box.layer(last))
    guard last <= first else { return }
    try box.owner.computing { try box.net.backward(from: first, through: last) }
  }
}

/// Sets gradients of parameters to zero.
@c @implementation
public func caffe_net_clear_gradients(_ net: caffe_net_t?) -> caffe_status {
  status {
    let box = try object(net, as: NetBox.self)
    box.owner.computing { box.net.clearGradients() }
  }
}

/// Gives a MemoryData layer its data.
@c @implementation
public func caffe_net_set_memory_data(
  _ net: caffe_net_t?, _ images: UnsafePointer<Float>?, _ image_values: Int64, _ labels: UnsafePointer<Float>?,
  _ count: Int64
) -> caffe_status {
  status {
    let box = try object(net, as: NetBox.self)
    guard let layer = box.net.layers.first as? MemoryDataLayer else {
      throw CaffeError(
        .unsupported,
        "the first layer takes no arrays, being a \(box.net.layerParameters.first?.type ?? ""); make it a MemoryData layer"
      )
    }
    guard image_values >= 0, count >= 0 else { throw ArgumentFault(message: "a negative number of values given") }
    let pixels = UnsafeBufferPointer(start: try needed(images, "images"), count: Int(image_values))
    let classes = UnsafeBufferPointer(start: try needed(labels, "labels"), count: Int(count))
    try box.owner.exclusively { try layer.setData(Array(pixels), labels: Array(classes)) }
  }
}

/// Adds a hook.
@c @implementation
public func caffe_net_add_hook(
  _ net: caffe_net_t?, _ when: Int32, _ hook: caffe_layer_hook?, _ user: UnsafeMutableRawPointer?
) -> caffe_status {
  status {
    let (box, hook) = (try object(net, as: NetBox.self), try needed(hook, "hook"))
    guard let moment = LayerMoment(rawValue: Int(when)) else {
      throw ArgumentFault(message: "\(when) given for when a hook is called; give one of CAFFE_BEFORE_…, CAFFE_AFTER_…")
    }
    box.owner.exclusively { box.hooks.add(hook, user: user, at: moment, of: box.net) }
  }
}
