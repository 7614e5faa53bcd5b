import CaffeData

/// What a net makes of a test set: which classes it takes for which, and where it is most wrong.
public struct TestSetResult: Sendable {
  /// A record whose class wasn't the one with the highest score.
  public struct Mistake: Sendable {
    /// What it looks like, where the data are pictures.
    public var picture: Picture?
    /// What the data layer calls it.
    public var record: String?
    /// Its class.
    public var label: Int
    /// The class with the highest score.
    public var guess: Int
    /// The probability of the guess.
    public var guessProbability: Double
    /// The probability of its class.
    public var labelProbability: Double
  }

  /// The number of classes.
  public let classes: Int
  /// How many records of each class (row) were taken for each class (column).
  public internal(set) var counts: [Int]
  /// The worst mistakes: those whose class was given the smallest probability.
  public internal(set) var mistakes: [Mistake] = []

  init(classes: Int) {
    self.classes = classes
    counts = [Int](repeating: 0, count: classes * classes)
  }

  /// The number of records.
  public var total: Int { counts.reduce(0, +) }
  /// The number of those that were right.
  public var correct: Int { (0..<classes).reduce(0) { $0 + counts[$1 * classes + $1] } }
  /// How many records of class `label` were taken for class `guess`.
  public func count(label: Int, guess: Int) -> Int { counts[label * classes + guess] }

  /// The pairs of classes that are taken for one another most often.
  public func confusions(limit: Int) -> [(label: Int, guess: Int, count: Int)] {
    let pairs = counts.indices.filter { counts[$0] > 0 && $0 / classes != $0 % classes }
    return pairs.sorted { (counts[$0], $1) > (counts[$1], $0) }.prefix(limit).map {
      ($0 / classes, $0 % classes, counts[$0])
    }
  }
}
