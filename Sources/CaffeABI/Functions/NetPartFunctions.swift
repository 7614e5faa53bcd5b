import CCaffe
import Caffe
import Foundation

extension NetBox {
  /// `index` as that of a layer.
  func layer(_ index: Int64) throws -> Int { try CaffeABI.index(index, below: net.layers.count, "layer") }

  /// `index` as that of a blob.
  func blob(_ index: Int64) throws -> Int { try CaffeABI.index(index, below: net.blobs.count, "blob") }
}

/// The net's name.
@c @implementation
public func caffe_net_name(_ net: caffe_net_t?, _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?) -> caffe_status {
  part(of: net, name, "name") { $0.strings.pointer(to: $0.net.name) }
}

/// The net's phase.
@c @implementation
public func caffe_net_phase(_ net: caffe_net_t?, _ phase: UnsafeMutablePointer<Int32>?) -> caffe_status {
  part(of: net, phase, "phase") { Int32($0.net.phase == .train ? CAFFE_TRAIN : CAFFE_TEST) }
}

/// The prototxt of the layers.
@c @implementation
public func caffe_net_prototxt(
  _ net: caffe_net_t?, _ text: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> caffe_status {
  part(of: net, text, "text") { box in
    var message = NetParameter()
    if !box.net.name.isEmpty { message.name = box.net.name }
    message.layer = box.net.layerParameters.map { layer in
      var layer = layer
      // What the layers were chosen by: all of these are there.
      layer.include = []
      layer.exclude = []
      return layer
    }
    return strdup(message.prototxt())
  }
}

/// The number of blobs.
@c @implementation
public func caffe_net_blob_count(_ net: caffe_net_t?, _ count: UnsafeMutablePointer<Int64>?) -> caffe_status {
  part(of: net, count, "count") { Int64($0.net.blobs.count) }
}

/// The name of a blob.
@c @implementation
public func caffe_net_blob_name(
  _ net: caffe_net_t?, _ index: Int64, _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> caffe_status {
  part(of: net, name, "name") { $0.strings.pointer(to: $0.net.blobNames[try $0.blob(index)]) }
}

/// A blob's weight in the loss.
@c @implementation
public func caffe_net_blob_loss_weight(
  _ net: caffe_net_t?, _ index: Int64, _ weight: UnsafeMutablePointer<Float>?
) -> caffe_status {
  part(of: net, weight, "weight") { box in
    let blob = box.net.blobs[try box.blob(index)]
    for (layer, tops) in box.net.tops.enumerated() {
      for (position, top) in tops.enumerated() where top === blob {
        let weight = box.net.layers[layer].lossWeights[position]
        if weight != 0 { return weight }
      }
    }
    return 0
  }
}

/// A blob.
@c @implementation
public func caffe_net_blob(
  _ net: caffe_net_t?, _ index: Int64, _ blob: UnsafeMutablePointer<caffe_blob_t?>?
) -> caffe_status {
  part(of: net, blob, "blob") { HandleTable.shared.insert(BlobBox($0.net.blobs[try $0.blob(index)], $0.owner)) }
}

/// A blob by its name.
@c @implementation
public func caffe_net_find_blob(
  _ net: caffe_net_t?, _ name: UnsafePointer<CChar>?, _ blob: UnsafeMutablePointer<caffe_blob_t?>?
) -> caffe_status {
  part(of: net, blob, "blob") { box in
    let name = try text(name, "name")
    guard let found = box.net.blob(named: name) else {
      let near = NearNames.hint(for: name, among: box.net.blobNames)
      throw CaffeError(
        .value, "there is no blob \"\(name)\"\(near); there are \(box.net.blobNames.joined(separator: ", "))")
    }
    return HandleTable.shared.insert(BlobBox(found, box.owner))
  }
}

/// The number of layers.
@c @implementation
public func caffe_net_layer_count(_ net: caffe_net_t?, _ count: UnsafeMutablePointer<Int64>?) -> caffe_status {
  part(of: net, count, "count") { Int64($0.net.layers.count) }
}

/// The name of a layer.
@c @implementation
public func caffe_net_layer_name(
  _ net: caffe_net_t?, _ index: Int64, _ name: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> caffe_status {
  part(of: net, name, "name") { $0.strings.pointer(to: $0.net.layers[try $0.layer(index)].name) }
}

/// The type of a layer.
@c @implementation
public func caffe_net_layer_type(
  _ net: caffe_net_t?, _ index: Int64, _ type: UnsafeMutablePointer<UnsafePointer<CChar>?>?
) -> caffe_status {
  part(of: net, type, "type") { $0.strings.pointer(to: $0.net.layerParameters[try $0.layer(index)].type) }
}

/// The number of parameters of a layer.
@c @implementation
public func caffe_net_parameter_count(
  _ net: caffe_net_t?, _ layer: Int64, _ count: UnsafeMutablePointer<Int64>?
) -> caffe_status {
  part(of: net, count, "count") { Int64($0.net.layers[try $0.layer(layer)].blobs.count) }
}

/// A parameter of a layer.
@c @implementation
public func caffe_net_parameter(
  _ net: caffe_net_t?, _ layer: Int64, _ index: Int64, _ blob: UnsafeMutablePointer<caffe_blob_t?>?
) -> caffe_status {
  part(of: net, blob, "blob") { box in
    let blobs = box.net.layers[try box.layer(layer)].blobs
    return HandleTable.shared.insert(
      BlobBox(blobs[try CaffeABI.index(index, below: blobs.count, "parameter")], box.owner))
  }
}

/// What the caller's functions made of a layer.
@c @implementation
public func caffe_net_layer_instance(
  _ net: caffe_net_t?, _ layer: Int64, _ instance: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> caffe_status {
  part(of: net, instance, "instance") { ($0.net.layers[try $0.layer(layer)] as? CallbackLayer)?.instance }
}

/// Indices of inputs, outputs, bottoms or tops.
@c @implementation
public func caffe_net_indices(
  _ net: caffe_net_t?, _ which: Int32, _ layer: Int64, _ indices: UnsafeMutablePointer<Int64>?, _ capacity: Int64,
  _ count: UnsafeMutablePointer<Int64>?
) -> caffe_status {
  status {
    let box = try object(net, as: NetBox.self)
    let net = box.net
    let blobs: [Blob]
    switch Int(which) {
    case Int(CAFFE_INPUTS): blobs = net.inputs.map(\.blob)
    case Int(CAFFE_OUTPUTS): blobs = net.outputs.map(\.blob)
    case Int(CAFFE_BOTTOMS): blobs = net.bottoms[try box.layer(layer)]
    case Int(CAFFE_TOPS): blobs = net.tops[try box.layer(layer)]
    default: throw ArgumentFault(message: "list \(which) asked for; give one of CAFFE_INPUTS … CAFFE_TOPS")
    }
    let places = blobs.compactMap { blob in net.blobs.firstIndex { $0 === blob }.map(Int64.init) }
    try hand(places, to: indices, capacity, count, "indices")
  }
}

/// Gives the caller a part of a net.
private func part<Part>(
  of net: caffe_net_t?, _ target: UnsafeMutablePointer<Part>?, _ name: String, _ body: (NetBox) throws -> Part
) -> caffe_status {
  status {
    let (box, target) = (try object(net, as: NetBox.self), try needed(target, name))
    target.pointee = try box.owner.exclusively { try body(box) }
  }
}
