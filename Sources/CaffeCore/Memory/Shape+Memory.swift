import Foundation

extension Shape {
  /// Refuses a shape whose values alone take over three quarters of the machine's memory: a misread size, rather than a
  /// large net. Memory is taken late, where there is nobody left to tell. A rehearsal takes none, so that up to 256 GiB will do.
  ///
  /// - Throws: `CaffeError` of code `shape` that says what it takes and what there is.
  package func checkFitsMemory() throws {
    let (bytes, overflow) = UInt64(count).multipliedReportingOverflow(by: UInt64(MemoryLayout<Float>.stride))
    let remedy = "make batch, picture or layer smaller"
    guard Rehearsal.current == nil else {
      guard overflow || bytes > Rehearsal.largest else { return }
      throw CaffeError(
        .shape,
        "the shape \(self) takes \(Shape.gibibytes(bytes)), more than the \(Shape.gibibytes(UInt64(Rehearsal.largest))) up to "
          + "which memory is forecast; \(remedy)")
    }
    let available = ProcessInfo.processInfo.physicalMemory
    guard overflow || bytes > available / 4 * 3 else { return }
    throw CaffeError(
      .shape,
      "the shape \(self) takes \(Shape.gibibytes(bytes)), more than three quarters of the \(Shape.gibibytes(available)) of "
        + "memory that this machine has; \(remedy)")
  }

  private static func gibibytes(_ bytes: UInt64) -> String {
    "\((Double(bytes) / 1_073_741_824).general) GiB"
  }
}
