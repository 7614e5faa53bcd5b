import CaffeCore

/// What the policy `plateau` goes by.
public struct PlateauSettings: Hashable, Sendable {
  /// What the rate is multiplied with at each fall.
  public var gamma: Float
  /// How many iterations the first fall, the second one and so on wait for a smaller loss.
  public var windows: [Int]
  /// The least rate.
  public var minimum: Float
  /// Whether further falls wait as long as the last one; otherwise there are no more falls than windows.
  public var repeatsLast: Bool
  /// The first iteration that counts.
  public var start: Int

  /// Makes settings.
  public init(gamma: Float, windows: [Int], minimum: Float = 0, repeatsLast: Bool = false, start: Int = 0) {
    self.gamma = gamma
    self.windows = windows
    self.minimum = minimum
    self.repeatsLast = repeatsLast
    self.start = start
  }

  /// How many iterations without a smaller loss the next fall takes, after `falls` of them; none when there is to be no other.
  func window(after falls: Int) -> Int? {
    if falls < windows.count { return windows[falls] }
    return repeatsLast ? windows.last : nil
  }
}

/// What the policy `plateau` has seen of the loss.
///
/// As in SSD's fork of Caffe, whose field `plateau_winsize` is: each time that the smoothed loss hasn't been below its minimum
/// for that many iterations, the rate falls, and the count starts anew.
final class Plateau: CheckpointedState {
  let settings: PlateauSettings
  /// How often the rate has fallen.
  private(set) var falls = 0
  private var minimum = Float.infinity
  /// The iteration of the last minimum or fall.
  private var lastEvent: Int

  init(_ settings: PlateauSettings) {
    self.settings = settings
    lastEvent = settings.start
  }

  /// Takes in the smoothed loss of `iteration`.
  ///
  /// - Returns: Whether the rate falls.
  func take(_ loss: Float, iteration: Int) -> Bool {
    guard iteration >= settings.start else { return false }
    if loss < minimum {
      minimum = loss
      lastEvent = iteration
    }
    guard let window = settings.window(after: falls), iteration - lastEvent >= window else { return false }
    falls += 1
    lastEvent = iteration
    return true
  }

  /// Goes on where a state file without a checkpoint tells no more than the falls.
  func goOn(after falls: Int, at iteration: Int) {
    self.falls = falls
    minimum = .infinity
    lastEvent = max(iteration, settings.start)
  }

  // MARK: - CheckpointedState

  var checkpointName: String { "plateau" }

  func checkpoint() -> CheckpointRecord {
    CheckpointRecord(
      integers: ["falls": Int64(falls), "last_event": Int64(lastEvent)], numbers: ["minimum_loss": Double(minimum)])
  }

  func restoration(of record: CheckpointRecord) throws -> () -> Void {
    let falls = Int(try record.integer("falls"))
    let lastEvent = Int(try record.integer("last_event"))
    let minimum = Float(try record.number("minimum_loss"))
    guard falls >= 0, lastEvent >= 0 else {
      throw CaffeError(
        .corrupt,
        "the checkpoint's plateau has \(falls) falls, the last at iteration \(lastEvent); go on from another one")
    }
    return { [self] in
      self.falls = falls
      self.lastEvent = lastEvent
      self.minimum = minimum
    }
  }

  func reset() { goOn(after: 0, at: settings.start) }
}
