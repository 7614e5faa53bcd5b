import CaffeCore

/// The order of a number of things in each lap through them: as they are, or drawn anew.
struct LapOrder {
  /// The order of one lap.
  struct Order: Sendable {
    let count: Int
    private let drawn: [UInt32]?

    fileprivate init(count: Int, drawn: [UInt32]?) {
      self.count = count
      self.drawn = drawn
    }

    /// What comes at `position`.
    subscript(position: Int) -> Int { drawn.map { Int($0[position]) } ?? position }
  }

  let count: Int
  private let random: RandomStream?
  private var last: (lap: UInt64, order: Order)?

  /// - Parameters:
  ///   - count: How many things there are, at most 2³².
  ///   - random: What orders are drawn from; nil leaves things as they are.
  init(count: Int, random: RandomStream?) {
    self.count = count
    self.random = random
  }

  /// The order of lap `lap`, counted from 0.
  mutating func order(ofLap lap: UInt64) -> Order {
    guard let state = random?.state else { return Order(count: count, drawn: nil) }
    if let last, last.lap == lap { return last.order }
    last = nil
    // A stream of its own for each lap, so that no lap needs those before it.
    var stream = RandomStream(seed: state.seed, stream: state.stream &+ (lap &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    var drawn = (0..<count).map { UInt32(truncatingIfNeeded: $0) }
    drawn.shuffle(using: &stream)
    let order = Order(count: count, drawn: drawn)
    last = (lap, order)
    return order
  }
}
