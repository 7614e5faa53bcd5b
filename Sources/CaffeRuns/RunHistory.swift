/// What is known of a training run: its settings, what was displayed and what tests gave, in the order in which it happened.
public struct RunHistory: Sendable {
  /// A number that an output gave.
  public struct Output: Hashable, Sendable {
    /// The blob's name; with `[2]` behind it where the blob gives several values.
    public var name: String
    /// The value.
    public var value: Double
    /// Its weight in the loss, 0 where it isn't part of it or nobody knows.
    public var lossWeight: Double

    /// Makes a value.
    public init(_ name: String, _ value: Double, lossWeight: Double = 0) {
      self.name = name
      self.value = value
      self.lossWeight = lossWeight
    }
  }

  /// An iteration that was displayed.
  public struct Training: Sendable {
    /// The iteration.
    public var iteration: Int
    /// Seconds since the training began.
    public var seconds: Double?
    /// The smoothed loss.
    public var loss: Double?
    /// The learning rate.
    public var rate: Double?
    /// Iterations a second since the last one.
    public var iterationsPerSecond: Double?
    /// The norm of all gradients.
    public var gradientNorm: Double?
    /// What the outputs gave.
    public var outputs: [Output] = []

    /// Makes one of which no more is known than the iteration.
    public init(iteration: Int) { self.iteration = iteration }
  }

  /// A test run.
  public struct Test: Sendable {
    /// The iteration before which it was.
    public var iteration: Int
    /// Which test net.
    public var net: Int
    /// Seconds since the training began.
    public var seconds: Double?
    /// The mean loss, where it was computed.
    public var loss: Double?
    /// What the outputs gave in the mean.
    public var outputs: [Output] = []

    /// Makes one without values.
    public init(iteration: Int, net: Int = 0) {
      self.iteration = iteration
      self.net = net
    }
  }

  /// The name of the run: that of its file.
  public var name: String
  /// How the run was started; only metrics files tell.
  public var settings: RunSettings?
  /// The displayed iterations.
  public var training: [Training] = []
  /// The test runs.
  public var tests: [Test] = []
  /// The snapshots that it wrote; only metrics files tell.
  public var snapshots: [MetricsLine.Snapshot] = []
  /// How it ended, as a metrics file says it.
  public var outcome: String?
  /// The lines of the file that weren't understood.
  public var unread = UnreadLines()
  /// The number of points that were left out since the run began again before them.
  public var replaced = 0

  /// Makes an empty history.
  public init(name: String) { self.name = name }

  /// Begins again at `iteration`: what there was from there on is computed again, and counts no more.
  mutating func restart(at iteration: Int) {
    let before = training.count + tests.count
    training.removeAll { $0.iteration >= iteration }
    // A test before an iteration is run again where the run didn't come to a snapshot after it.
    tests.removeAll { $0.iteration > iteration || (iteration == 0 && $0.iteration == 0) }
    snapshots.removeAll { $0.iteration > iteration }
    replaced += before - training.count - tests.count
    outcome = nil
  }
}

/// Lines of a file that weren't understood.
public struct UnreadLines: Sendable {
  /// How many there are.
  public private(set) var count = 0
  /// The numbers of the first few.
  public private(set) var numbers: [Int] = []
  /// The first one's text, shortened.
  public private(set) var first = ""

  mutating func add(_ number: Int, _ text: String) {
    if count == 0 { first = text.count > 60 ? text.prefix(60) + "…" : text }
    if numbers.count < 5 { numbers.append(number) }
    count += 1
  }

  /// A sentence that tells how many and which; empty when there are none.
  public var summary: String {
    guard count > 0 else { return "" }
    let list = numbers.map(String.init).joined(separator: ", ") + (count > numbers.count ? ", …" : "")
    let lines = count == 1 ? "1 line wasn't understood" : "\(count) lines weren't understood"
    return "\(lines): \(list) (the first: \"\(first)\")"
  }
}
