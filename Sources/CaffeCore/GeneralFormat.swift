import Foundation

extension Float {
  /// Six significant digits, as C++ streams print a float: `0.00992565`, `1e-05`.
  public var general: String { Double(self).general }
}

extension Double {
  /// Six significant digits, as C++ streams print a double.
  public var general: String { String(format: "%g", locale: nil, self) }
}
