/// The error that `body` throws, as a user reads it; empty when it throws none.
package func message(of body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
