/// Where data layers keep the records of a database that is small enough.
public enum RecordCachePolicy: String, CaseIterable, Hashable, Sendable {
  /// Nowhere: they are read again in each lap.
  case none
  /// In the memory of the device that computes, where it has one of its own: only the choice of the records is sent there.
  case device
}
