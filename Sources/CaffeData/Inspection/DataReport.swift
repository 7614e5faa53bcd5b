import CaffeCore

/// What is in a database or in a list of pictures, and what is wrong with it: what `caffe data check` says.
public struct DataReport: Sendable, Encodable {
  /// How many records have one of something.
  public struct Tally<Value: Encodable & Sendable>: Sendable, Encodable {
    /// What they have.
    public let value: Value
    /// How many.
    public var records: Int
  }

  /// What one of the labels of a record is over all records.
  public struct LabelColumn: Sendable, Encodable {
    /// The smallest.
    public var minimum: Float = .infinity
    /// The largest.
    public var maximum: Float = -.infinity
    /// Whether all are whole numbers.
    public var isWhole = true
    /// How many records have each, in order; empty where they are fractions, or more than 100,000 different ones.
    public internal(set) var classes: [Tally<Int>] = []
  }

  /// A record that can't be used.
  public struct Fault: Sendable, Encodable {
    /// Its key or, in a list, its path and line.
    public let record: String
    /// What is wrong with it.
    public let reason: String
  }

  /// A record with the content of an earlier one.
  public struct Duplicate: Sendable, Encodable {
    /// The record.
    public let record: String
    /// The earlier one.
    public let first: String
    /// Whether the two have different labels.
    public let contradicts: Bool
  }

  /// The database or list.
  public let source: String
  /// `LMDB`, `LevelDB` or `list`.
  public let kind: String
  /// The number of records, good and bad.
  public internal(set) var records = 0
  /// The first record.
  public internal(set) var first: String?
  /// The last record.
  public internal(set) var last: String?
  /// What records hold: pixels, floats, or picture files of a kind.
  public internal(set) var contents: [Tally<String>] = []
  /// The shapes, channels × height × width, the most frequent first.
  public internal(set) var shapes: [Tally<[Int]>] = []
  /// The labels.
  public internal(set) var labels: [LabelColumn] = []
  /// The number of records that can't be used.
  public internal(set) var unreadable = 0
  /// The first hundred of them.
  public internal(set) var faults: [Fault] = []
  /// The number of records with the content of an earlier one.
  public internal(set) var duplicated = 0
  /// The first hundred of them.
  public internal(set) var duplicates: [Duplicate] = []
  /// What is wrong, in words; nothing if all is well.
  public internal(set) var problems: [String] = []
  /// What deserves a look but may be meant.
  public internal(set) var notes: [String] = []

  /// Whether nothing is wrong.
  public var isSound: Bool { problems.isEmpty }

  init(source: String, kind: String) {
    self.source = source
    self.kind = kind
  }
}
