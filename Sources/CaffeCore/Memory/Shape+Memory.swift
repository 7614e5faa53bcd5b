import Foundation

extension Shape {
  /// Refuses a shape whose values alone take over three quarters of the machine's memory: a misread size, rather than a
  /// large net. Memory is taken late, where there is nobody left to tell.
  ///
  /// - Throws: `CaffeError` of code `shape` that says what it takes and what there is.
  package func checkFitsMemory() throws {
    let available = ProcessInfo.processInfo.physicalMemory
    let (bytes, overflow) = UInt64(count).multipliedReportingOverflow(by: UInt64(MemoryLayout<Float>.stride))
    guard overflow || bytes > available / 4 * 3 else { return }
    throw CaffeError(
      .shape,
      "the shape \(self) takes \(Shape.gibibytes(bytes)), but this machine has \(Shape.gibibytes(available)) of "
        + "memory; make batch, picture or layer smaller")
  }

  private static func gibibytes(_ bytes: UInt64) -> String {
    "\((Double(bytes) / 1_073_741_824).general) GiB"
  }
}
