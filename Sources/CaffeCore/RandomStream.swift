import Foundation

/// A stream of random numbers that can be named, restarted and saved: Philox 4×32 with ten rounds.
///
/// Counter-based: the n-th block depends only on seed, stream and n, so that any engine, on any number of threads,
/// can make the same numbers. Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct RandomStream: RandomNumberGenerator, Sendable {
  /// All that decides which numbers come next.
  public struct State: Hashable, Sendable {
    /// The run's seed.
    public var seed: UInt64
    /// Which of the seed's streams this is.
    public var stream: UInt64
    /// The number of 32-bit words taken.
    public var position: UInt64

    /// Makes a state, from saved values.
    public init(seed: UInt64, stream: UInt64, position: UInt64) {
      self.seed = seed
      self.stream = stream
      self.position = position
    }
  }

  /// The state; set it to go on from a saved place.
  public var state: State {
    didSet {
      if oldValue.seed != state.seed || oldValue.stream != state.stream { cachedBlock = nil }
    }
  }

  private var cachedBlock: (index: UInt64, words: SIMD4<UInt32>)?

  /// Makes the stream `stream` of `seed`, at its start.
  public init(seed: UInt64, stream: UInt64 = 0) {
    state = State(seed: seed, stream: stream, position: 0)
  }

  /// The words `4·index ..< 4·index + 4` of the stream.
  public static func block(seed: UInt64, stream: UInt64, index: UInt64) -> SIMD4<UInt32> {
    var counter = SIMD4<UInt32>(
      UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
      UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let first = UInt64(counter.x) * 0xD251_1F53
      let second = UInt64(counter.z) * 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter.y ^ key.0, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter.w ^ key.1, UInt32(truncatingIfNeeded: first))
      key = (key.0 &+ 0x9E37_79B9, key.1 &+ 0xBB67_AE85)
    }
    return counter
  }

  /// The next 32 random bits.
  public mutating func nextWord() -> UInt32 {
    let index = state.position >> 2
    let lane = Int(state.position & 3)
    let words: SIMD4<UInt32>
    if let cachedBlock, cachedBlock.index == index {
      words = cachedBlock.words
    } else {
      words = RandomStream.block(seed: state.seed, stream: state.stream, index: index)
    }
    state.position &+= 1
    cachedBlock = (index, words)
    return words[lane]
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 { UInt64(nextWord()) << 32 | UInt64(nextWord()) }

  /// The next number in [0, 1), a multiple of 2⁻²⁴.
  public mutating func nextUniform() -> Float { Float(nextWord() >> 8) * 0x1p-24 }

  /// The next number of a normal distribution of mean 0 and deviation 1, by the method of Box and
  /// Muller; takes two words.
  public mutating func nextGaussian() -> Float {
    let radius = (-2 * log((Double(nextWord()) + 1) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * Double(nextWord()) * 0x1p-32
    return Float(radius * cos(angle))
  }
}

/// The source of all random streams of a run: one seed, one stream a name.
public struct RandomSource: Sendable {
  /// The run's seed.
  public let seed: UInt64

  /// Makes a source; without a seed the system gives one.
  public init(seed: UInt64? = nil) { self.seed = seed ?? UInt64.random(in: 0...UInt64.max) }

  /// The stream called `name`, for example "conv1/filler". It doesn't depend on which other streams are used.
  public func stream(_ name: String) -> RandomStream {
    // FNV-1a, 64 bits.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return RandomStream(seed: seed, stream: hash)
  }
}
