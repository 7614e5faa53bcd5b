import CCUDA

/// How many threads a kernel is launched with.
struct LaunchShape: Hashable {
  /// Blocks.
  var grid: (UInt32, UInt32, UInt32)
  /// Threads of a block.
  var block: UInt32

  static func == (a: LaunchShape, b: LaunchShape) -> Bool { a.grid == b.grid && a.block == b.block }

  func hash(into hasher: inout Hasher) {
    hasher.combine(grid.0)
    hasher.combine(grid.1)
    hasher.combine(grid.2)
    hasher.combine(block)
  }

  /// Enough blocks that each thread has one of `count` values, up to a number that fills any device; kernels go over the rest.
  static func over(_ count: Int, block: UInt32 = 256) -> LaunchShape {
    let blocks = (count + Int(block) - 1) / Int(block)
    return LaunchShape(grid: (UInt32(min(max(blocks, 1), 65_536)), 1, 1), block: block)
  }

  /// The same for kernels whose threads take four values at a time.
  static func fours(_ count: Int) -> LaunchShape { over((count + 3) / 4) }

  /// So many blocks.
  static func blocks(_ count: Int, of threads: UInt32) -> LaunchShape {
    LaunchShape(grid: (UInt32(min(max(count, 1), 0x7fff_ffff)), 1, 1), block: threads)
  }
}

/// What was asked of a device and isn't begun yet, in order.
struct WorkQueue {
  /// One thing to do.
  struct Entry {
    /// The kernel; nothing for another function.
    var function: caffe_cu_function?
    var shape: LaunchShape
    /// Where its arguments begin among all, and how many there are.
    var firstArgument: Int
    var argumentCount: Int
    /// What tells one function from another, arguments included.
    var signature: Int
    /// Which function.
    var call: Int

    /// Whether a graph made for `other` can do this one, once it has been given other arguments.
    func hasSameForm(as other: Entry) -> Bool {
      function == other.function && shape == other.shape && argumentCount == other.argumentCount
        && signature == other.signature
    }
  }

  private(set) var entries: [Entry] = []
  /// The arguments of all kernels, each in whole words.
  private(set) var words: [UInt64] = []
  /// Where each argument begins.
  private(set) var offsets: [Int] = []
  private(set) var calls: [() -> Int32] = []
  /// Of the forms of all entries, and of all but the last.
  private(set) var hash = 0
  private var hashBefore = 0
  /// Steps of a solver that others may still join; they come after all entries.
  var openBatch: UpdateBatch?

  var isEmpty: Bool { entries.isEmpty && openBatch == nil }

  mutating func append<each Argument: BitwiseCopyable>(
    _ function: caffe_cu_function, _ shape: LaunchShape, _ arguments: repeat each Argument
  ) {
    closeBatch()
    let first = offsets.count
    for argument in repeat each arguments { append(argument) }
    let entry = Entry(
      function: function, shape: shape, firstArgument: first, argumentCount: offsets.count - first, signature: 0,
      call: 0)
    append(entry, key: Int(bitPattern: function) ^ Int(shape.grid.0) << 20 ^ Int(shape.grid.1) << 40 ^ Int(shape.block))
  }

  /// Adds a call of a library's function that takes the stream; calls of one signature do just the same.
  mutating func append(signature: Int, _ call: @escaping () -> Int32) {
    closeBatch()
    let entry = Entry(
      function: nil, shape: LaunchShape(grid: (0, 0, 0), block: 0), firstArgument: offsets.count, argumentCount: 0,
      signature: signature, call: calls.count)
    calls.append(call)
    append(entry, key: signature)
  }

  /// Removes the entry that was added last, a kernel.
  mutating func removeLast() {
    guard let entry = entries.popLast() else { return }
    if entry.argumentCount > 0 {
      words.removeSubrange(offsets[entry.firstArgument]...)
      offsets.removeSubrange(entry.firstArgument...)
    }
    hash = hashBefore
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    words.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    calls.removeAll(keepingCapacity: true)
    openBatch = nil
    hash = 0
  }

  /// The bytes of an entry's arguments.
  func words(of entry: Entry) -> ArraySlice<UInt64> {
    guard entry.argumentCount > 0 else { return [] }
    let next = entry.firstArgument + entry.argumentCount
    return words[offsets[entry.firstArgument]..<(next < offsets.count ? offsets[next] : words.count)]
  }

  /// Calls `body` with the addresses of an entry's arguments.
  func withArguments<Result>(
    of entry: Entry, _ body: (UnsafeMutablePointer<UnsafeMutableRawPointer?>?) -> Result
  ) -> Result {
    words.withUnsafeBufferPointer { words in
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer?.self, capacity: max(entry.argumentCount, 1)) {
        addresses in
        for index in 0..<entry.argumentCount {
          let word = words.baseAddress.map { $0 + offsets[entry.firstArgument + index] }
          addresses.initializeElement(at: index, to: UnsafeMutableRawPointer(mutating: word))
        }
        return body(addresses.baseAddress)
      }
    }
  }

  private mutating func append<Argument: BitwiseCopyable>(_ argument: Argument) {
    offsets.append(words.count)
    let size = (MemoryLayout<Argument>.size + 7) / 8
    let start = words.count
    for _ in 0..<size { words.append(0) }
    withUnsafeBytes(of: argument) { source in
      words.withUnsafeMutableBytes { target in
        UnsafeMutableRawBufferPointer(rebasing: target[(start * 8)...]).copyMemory(from: source)
      }
    }
  }

  private mutating func append(_ entry: Entry, key: Int) {
    entries.append(entry)
    hashBefore = hash
    hash = (hash ^ key) &* 0x100_0000_01b3
    hash ^= hash >> 29
  }
}
