import CaffeCore
import CaffeNet
import Foundation
import SwiftProtobuf

extension GraphDef {
  /// The layers of `net` as nodes, each with its type, its message and the shapes of its tops; bottoms are the inputs.
  init(_ net: Net) {
    self.init()
    versions.producer = 22
    // Which layer has made a blob, and as which of its tops.
    var makers: [ObjectIdentifier: (node: String, top: Int)] = [:]
    var names: Set<String> = []
    for (index, layer) in net.layers.enumerated() {
      var node = NodeDef()
      node.name = GraphDef.nodeName(layer.name, taken: &names)
      node.op = type(of: layer).typeName
      node.input = net.bottoms[index].compactMap { bottom in
        makers[ObjectIdentifier(bottom)].map { $0.top == 0 ? $0.node : "\($0.node):\($0.top)" }
      }
      var shapes = AttrValue.ListValue()
      for top in net.tops[index] {
        var shape = TensorShapeProto()
        shape.dim = top.shape.extents.map { extent in TensorShapeProto.Dim.with { $0.size = Int64(extent) } }
        shapes.shape.append(shape)
      }
      node.attr["_output_shapes"] = AttrValue.with { $0.list = shapes }
      node.attr["layer"] = AttrValue.with { $0.s = Data(net.layerParameters[index].prototxt().utf8) }
      self.node.append(node)
      for (top, blob) in net.tops[index].enumerated() { makers[ObjectIdentifier(blob)] = (node.name, top) }
    }
  }

  /// The name with the characters that TensorBoard takes; a slash groups nodes, as GoogLeNet's names are made for.
  private static func nodeName(_ name: String, taken: inout Set<String>) -> String {
    let kept = String(name.map { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "_.-/".contains($0) ? $0 : "_" })
    var unique = kept.isEmpty ? "_" : kept
    while !taken.insert(unique).inserted { unique += "_" }
    return unique
  }
}
