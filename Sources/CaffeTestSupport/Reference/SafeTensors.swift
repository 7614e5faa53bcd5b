import Caffe
import Foundation

/// The tensors of a safetensors file: 8 bytes of header length, little-endian, a JSON header, raw data.
package struct SafeTensors {
  /// One tensor of float32 values.
  package struct Tensor: Equatable, Sendable {
    package var shape: [Int]
    package var values: [Float]
  }

  private struct Entry: Decodable {
    var dtype: String?
    var shape: [Int]?
    var data_offsets: [Int]?
  }

  /// The tensors by name.
  package let tensors: [String: Tensor]

  /// Reads the file at `path`.
  package init(file path: String) throws {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CaffeError(.file, file: path, "can't be read")
    }
    try self.init([UInt8](data), name: path)
  }

  /// Reads `bytes`; errors call them `name`.
  package init(_ bytes: [UInt8], name: String) throws {
    func fault(_ message: String) -> CaffeError { CaffeError(.corrupt, file: name, message) }
    guard bytes.count >= 8 else { throw fault("\(bytes.count) bytes, too few for a safetensors file") }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(bytes.count - 8) else {
      throw fault("a header of \(length) bytes in a file of \(bytes.count)")
    }
    let body = 8 + Int(length)
    let header: [String: Entry]
    do {
      header = try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<body]))
    } catch {
      throw CaffeError(.corrupt, file: name, "its header isn't the JSON of a safetensors file", cause: error)
    }
    var tensors: [String: Tensor] = [:]
    for (key, entry) in header where key != "__metadata__" {
      guard entry.dtype == "F32", let shape = entry.shape, let offsets = entry.data_offsets, offsets.count == 2 else {
        throw fault("tensor \"\(key)\" isn't float32 with a shape and two offsets")
      }
      let count = try Shape(validating: shape).count
      guard offsets[0] >= 0, offsets[1] <= bytes.count - body, offsets[1] - offsets[0] == 4 * count else {
        throw fault("tensor \"\(key)\" of shape \(shape) lies at \(offsets) in \(bytes.count - body) bytes of data")
      }
      let values = (0..<count).map { index in
        let start = body + offsets[0] + 4 * index
        return Float(bitPattern: bytes[start..<start + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
      }
      tensors[key] = Tensor(shape: shape, values: values)
    }
    self.tensors = tensors
  }

  /// The tensors whose names begin with `prefix`, by the rest of their names, sorted.
  package func under(_ prefix: String) -> [(name: String, tensor: Tensor)] {
    tensors.filter { $0.key.hasPrefix(prefix) }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
      .sorted { $0.name < $1.name }
  }
}
