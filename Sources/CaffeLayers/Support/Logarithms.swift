import CaffeCore
import Foundation

/// The natural logarithm of a base from a message, where −1 stands for e.
func naturalLogarithm(ofBase base: Float, field: String) throws -> Double {
  if base == -1 { return 1 }
  guard base > 0, base.isFinite else {
    throw CaffeError(.value, "\(field) is \(base); give -1 for e or a number above 0")
  }
  return log(Double(base))
}
