import CCUDA
import CaffeCore

extension CUDAEngine {
  /// Arrays that a kernel combines, as many as it takes at a time.
  struct TermPiece {
    var terms = caffe_gpu_terms()
    /// Which of all the first one is.
    var first = 0
    var isLast = true
  }

  /// The addresses with their factors, in pieces.
  func pieces(_ addresses: [UInt64], factors: [Float] = []) -> [TermPiece] {
    let most = Int(CAFFE_TERMS)
    return stride(from: 0, to: max(addresses.count, 1), by: most).map { first in
      let range = first..<min(first + most, addresses.count)
      var piece = TermPiece(first: first, isLast: range.upperBound == addresses.count)
      piece.terms.count = Int32(range.count)
      withUnsafeMutableBytes(of: &piece.terms.address) { room in
        addresses[range].withUnsafeBytes { room.copyMemory(from: $0) }
      }
      let some = factors.isEmpty ? [] : factors[range]
      withUnsafeMutableBytes(of: &piece.terms.factor) { room in some.withUnsafeBytes { room.copyMemory(from: $0) } }
      return piece
    }
  }

  /// Combines arrays into `output` a piece at a time: what came of those before is the first term of a later piece.
  ///
  /// An input that is the output comes first, as it is overwritten.
  func combine(
    _ inputs: [Buffer], factors: [Float], output: Buffer, count: Int,
    _ launch: (_ piece: TermPiece, _ target: UInt64) -> Void
  ) {
    let values = order(of: inputs, to: [output], count: count)
    let order = inputs.indices.filter { inputs[$0] === output } + inputs.indices.filter { inputs[$0] !== output }
    var addresses = order.map { read(inputs[$0], in: values) }
    var factors = order.map { $0 < factors.count ? factors[$0] : 1 }
    let target = write(output, count, in: values)
    let most = Int(CAFFE_TERMS)
    while addresses.count > most {
      var piece = pieces(Array(addresses.prefix(most)), factors: Array(factors.prefix(most)))[0]
      piece.isLast = false
      launch(piece, target)
      addresses.replaceSubrange(..<most, with: [target])
      factors.replaceSubrange(..<most, with: [1])
    }
    launch(pieces(addresses, factors: factors)[0], target)
  }
}
