import Caffe

/// What is said of the memory that a training takes of GPUs.
package enum GPUMemoryText {
  /// How much is needed of each GPU, and free there.
  ///
  /// - Throws: `CaffeError` when that is too little on one.
  package static func of(_ needed: Int, free: [(gpu: Int, bytes: Int)]) throws -> String {
    let isOne = free.count == 1
    let place = isOne ? "GPU \(free[0].gpu)'s memory" : "the memory of each GPU"
    let takes = "training takes about \(needed >> 20) MiB of \(place), beside cuDNN's workspace"
    func left(_ free: [(gpu: Int, bytes: Int)]) -> String {
      let parts = free.map { "\($0.bytes >> 20) MiB\(isOne ? "" : " of GPU \($0.gpu)'s")" }
      return "\(parts.joined(separator: ", ")) are free"
    }
    let short = free.filter { needed >> 20 > $0.bytes >> 20 }
    guard short.isEmpty else {
      throw CaffeError(
        .unsupported,
        "\(takes); \(left(short)): reduce batch_size, of the TEST phase, too, and raise iter_size by as much, or free what other programs "
          + "use")
    }
    return "\(takes); \(left(free))"
  }
}
