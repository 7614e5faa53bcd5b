import Foundation

/// The tensors of a `.safetensors` file of floats.
func readSafetensors(_ path: String) throws -> [String: (shape: [Int], values: [Float])] {
  let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
  let headerSize = bytes.withUnsafeBytes { Int(UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self))) }
  let header = try JSONSerialization.jsonObject(with: bytes.dropFirst(8).prefix(headerSize)) as? [String: Any]
  var tensors: [String: ([Int], [Float])] = [:]
  for (name, entry) in header ?? [:] {
    guard let entry = entry as? [String: Any], let shape = entry["shape"] as? [Int],
      let offsets = entry["data_offsets"] as? [Int]
    else { continue }
    let content = bytes.dropFirst(8 + headerSize + offsets[0]).prefix(offsets[1] - offsets[0])
    tensors[name] = (shape, content.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) })
  }
  return tensors
}
