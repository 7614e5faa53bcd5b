import CaffeCore
import CaffeProto
import Foundation

/// Makes a database of `Datum` records from the pictures of a list: what the tool `convert_imageset` does.
///
/// The record of the list's line i, counted from 0 and after shuffling, has the key `%08d_path`. Labels that are several a line,
/// or of which one in the list is no whole number, are in `float_label`; a whole number is in `label`.
public struct ImageSetConverter: Sendable {
  /// The kind of database.
  public var backend = RecordBackend.lmdb
  /// Whether pictures get one channel in place of three.
  public var isGray = false
  /// What pictures are scaled to; nil keeps their size.
  public var size: (height: Int, width: Int)?
  /// Whether a picture of another size than the first is an error.
  public var checksSize = false
  /// Whether records hold pixels or picture files.
  public var encoding = PictureEncoding.pixels
  /// What is done about a camera that was held on its side. Files that are taken as they are stay as they are.
  public var orientation = Picture.Orientation.apply
  /// The seed of the order; nil keeps that of the list.
  public var shuffleSeed: UInt64?
  /// How many threads read pictures, beside the one that writes; 1 for one thread that does both. The database doesn't depend on it.
  public var jobs = ProcessInfo.processInfo.activeProcessorCount
  /// Whether pictures that can't be read are left out, rather than an error.
  public var skipsBadPictures = false
  /// Whether a database that is there is replaced, once the new one is whole.
  public var replacesExisting = false

  /// What happens, for whoever follows.
  public enum Event: Sendable {
    /// The list was read: so many pictures.
    case listed(Int)
    /// The database was begun.
    case opened
    /// So many pictures of the list are dealt with: after each.
    case advanced(Int)
    /// So many records are written: after every 1,000 and at the end.
    case processed(Int)
    /// A picture was left out, because of this error.
    case skipped(CaffeError)
  }

  /// What came out.
  public struct Summary: Hashable, Sendable {
    /// The number of records.
    public var records = 0
    /// The number of pictures left out.
    public var skipped = 0
    /// Whether all pictures have one size.
    public var isUniform = true
    /// The number of bytes of all records.
    public var byteCount = 0

    /// Makes a summary.
    public init(records: Int = 0, skipped: Int = 0, isUniform: Bool = true, byteCount: Int = 0) {
      self.records = records
      self.skipped = skipped
      self.isUniform = isUniform
      self.byteCount = byteCount
    }
  }

  /// Makes a converter; change what is to be different.
  public init() {}

  /// Converts the pictures of the file `list`, whose paths begin in `root`, to the new database `database`.
  ///
  /// `shouldStop` is asked before each picture; when it says yes, as after Ctrl-C, nothing is left behind.
  ///
  /// - Throws: `CaffeError` for a list, picture or label that can't be used, with the line, or when the database can't be
  ///   made; then what was there before is as it was.
  public func convert(
    root: String, list path: String, database: String, follow: (Event) -> Void = { _ in },
    shouldStop: () -> Bool = { false }
  ) throws -> Summary {
    try check()
    let list = try PictureList(path)
    let source = try PictureRecordSource(self, list: list, root: root)
    follow(.listed(list.entries.count))
    let writer = try RecordStore.create(database, backend: backend, replacing: replacesExisting)
    follow(.opened)
    let workers = OrderedWorkers(count: list.entries.count, jobs: jobs, name: "pictures") { source.record($0) }
    defer { workers.stop() }
    var summary = Summary()
    var first: DatumShape?
    var dealtWith = 0
    while let result = workers.next() {
      if shouldStop() {
        throw CaffeError(.file, file: database, "interrupted after \(writer.count) records; nothing was made")
      }
      dealtWith += 1
      defer { follow(.advanced(dealtWith)) }
      guard let record = try accepted(result, &summary, follow) else { continue }
      if let first, record.shape != first {
        if checksSize { throw source.differs(record, from: first) }
        summary.isUniform = false
      }
      first = first ?? record.shape
      try writer.put(key: record.key, value: record.value)
      summary.byteCount += record.value.count
      if writer.count % 1000 == 0 { follow(.processed(writer.count)) }
    }
    guard writer.count > 0 else {
      throw CaffeError(
        .corrupt, file: path,
        "none of the \(list.entries.count) pictures can be read; check the paths and the root folder")
    }
    try writer.finish()
    if writer.count % 1000 != 0 { follow(.processed(writer.count)) }
    summary.records = writer.count
    return summary
  }

  private func check() throws {
    guard jobs > 0 else { throw CaffeError(.flag, "--jobs=\(jobs): give 1 or more") }
    if let size, size.height <= 0 || size.width <= 0 {
      throw CaffeError(
        .flag,
        "--resize_height=\(size.height) and --resize_width=\(size.width): give two positive numbers, or neither")
    }
  }

  private func accepted(
    _ result: Result<PictureRecordSource.Record, CaffeError>, _ summary: inout Summary, _ follow: (Event) -> Void
  ) throws -> PictureRecordSource.Record? {
    switch result {
    case .success(let record): return record
    case .failure(let error):
      guard skipsBadPictures, error.code == .file || error.code == .corrupt || error.code == .value else { throw error }
      summary.skipped += 1
      follow(.skipped(error))
      return nil
    }
  }
}
