import CaffeCore

/// Reads the log of a training, of this Caffe or of any other since 2013.
///
/// Known layouts: `Iteration 100, loss = 0.2` with the learning rate on a line of its own; the same with speed in brackets
/// (`Iteration 100 (47 iter/s, 2.1s/100 iters), loss = 0.2`, Caffe 1.0) or with more between; `Test score #0: 0.9` for today's
/// `Test net output #0: accuracy = 0.9`; times with a year, without one, or none.
struct LogReader {
  private var history: RunHistory
  private var clock = LogClock()
  /// Whether values go to the last test, not to the last displayed iteration.
  private var isInTest = false
  /// Whether lines without a prefix are the rest of a message.
  private var isInMessage = false

  private init(name: String) { history = RunHistory(name: name) }

  static func read(_ bytes: UnsafeRawBufferPointer, name: String) -> RunHistory {
    var reader = LogReader(name: name)
    for line in ByteLines(bytes) { reader.read(line) }
    return reader.finished()
  }

  private func finished() -> RunHistory {
    var history = history
    // A test that was cut short gave nothing.
    history.tests.removeAll { $0.outputs.isEmpty && $0.loss == nil }
    let start = clock.start ?? history.training.first?.seconds
    for index in history.training.indices {
      history.training[index].seconds = LogClock.since(start, history.training[index].seconds)
    }
    for index in history.tests.indices {
      history.tests[index].seconds = LogClock.since(start, history.tests[index].seconds)
    }
    return history
  }

  private mutating func read(_ line: ByteLines.Line) {
    var rest = line.bytes
    var seconds: Double?
    var hasPrefix = false
    // Some programs put a prefix of their own before glog's: take off one after the other.
    while let end = LogReader.prefixEnd(rest) {
      if let time = clock.seconds(rest[rest.startIndex..<end]) { seconds = time }
      rest = rest[(end + 2)...]
      hasPrefix = true
    }
    guard hasPrefix else { return readBare(line) }
    isInMessage = rest.last == UInt8(ascii: ":") || rest.suffix(2).elementsEqual([UInt8(ascii: ":"), UInt8(ascii: " ")])
    var cursor = ByteCursor(rest)
    cursor.skipBlanks()
    switch cursor.first {
    case UInt8(ascii: "I") where cursor.take("Iteration "):
      if !readIteration(&cursor, seconds, isCut: line.isCut) { unread(line) }
    case UInt8(ascii: "T") where cursor.take("Test net output #") || cursor.take("Train net output #"):
      if line.isCut || !readOutput(&cursor, seconds) { unread(line) }
    case UInt8(ascii: "T") where cursor.take("Test score #"):
      if line.isCut || !readScore(&cursor, seconds) { unread(line) }
    case UInt8(ascii: "T") where isInTest && cursor.take("Test loss: "):
      guard !line.isCut, let loss = cursor.number() else { return unread(line) }
      history.tests[history.tests.count - 1].loss = loss
    case UInt8(ascii: "S") where cursor.take("Solving"):
      clock.start = clock.start ?? seconds
    default: break
    }
  }

  /// `I1120 22:50:37.177337 16076 solver.cpp:239`, `I solver.cpp:239`, `[0]`: what ends with `]` and a blank early in the line.
  private static func prefixEnd(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard let first = bytes.first, "IWEF[".utf8.contains(first) else { return nil }
    guard let end = bytes.prefix(120).firstIndex(of: UInt8(ascii: "]")), end + 1 < bytes.endIndex,
      bytes[end + 1] == UInt8(ascii: " ")
    else { return nil }
    // "Iteration 5 [x] …" is no prefix; glog's holds a place in a file.
    return first == UInt8(ascii: "[") || bytes[bytes.startIndex..<end].contains(UInt8(ascii: ":")) ? end : nil
  }

  private mutating func readBare(_ line: ByteLines.Line) {
    guard line.bytes.contains(where: { $0 > 32 }), !isInMessage else { return }
    var cursor = ByteCursor(line.bytes)
    for known in ["Log file created at: ", "Running on machine: ", "Log line format: "] where cursor.take(known) {
      return
    }
    unread(line)
  }

  private mutating func unread(_ line: ByteLines.Line) {
    history.unread.add(line.number, String(decoding: line.bytes, as: UTF8.self))
  }

  // MARK: - Messages

  private mutating func readIteration(_ cursor: inout ByteCursor, _ seconds: Double?, isCut: Bool) -> Bool {
    guard let iteration = cursor.integer() else { return false }
    if cursor.take(", Testing net") {
      guard !isCut else { return true }
      let net = cursor.take(" (#") ? cursor.integer() ?? 0 : 0
      var test = RunHistory.Test(iteration: iteration, net: net)
      test.seconds = seconds
      if let last = history.tests.last, iteration < last.iteration { history.restart(at: iteration) }
      history.tests.append(test)
      isInTest = true
      return true
    }
    var speed: Double?
    if cursor.take(" (") {
      speed = cursor.number()
      if !cursor.take(" iter/s") { speed = nil }
    }
    guard let field = cursor.assignment(of: ["loss", "lr"]), !isCut, let value = cursor.number() else {
      // Other messages begin like this, too; those with a value are what is to be read.
      return field(cursor) == nil && !isCut
    }
    isInTest = false
    let index = point(at: iteration, hasNew: field == "loss" ? \.loss : \.rate)
    history.training[index].seconds = history.training[index].seconds ?? seconds
    if field == "loss" {
      history.training[index].loss = value
      // The first of a run is without sense in the original's logs.
      if let speed, speed > 1e-9 { history.training[index].iterationsPerSecond = speed }
    } else {
      history.training[index].rate = value
    }
    return true
  }

  private func field(_ cursor: ByteCursor) -> String? {
    var cursor = cursor
    return cursor.assignment(of: ["loss", "lr"])
  }

  /// The point that a value of `iteration` belongs to: the last one, unless that has one already.
  private mutating func point(at iteration: Int, hasNew field: KeyPath<RunHistory.Training, Double?>) -> Int {
    if let last = history.training.last {
      if last.iteration == iteration, last[keyPath: field] == nil { return history.training.count - 1 }
      if iteration <= last.iteration { history.restart(at: iteration) }
    }
    history.training.append(RunHistory.Training(iteration: iteration))
    return history.training.count - 1
  }

  /// `0: accuracy = 0.99 (* 1 = 0.99 loss)`.
  private mutating func readOutput(_ cursor: inout ByteCursor, _ seconds: Double?) -> Bool {
    guard cursor.integer() != nil, cursor.take(": "), let name = cursor.text(until: " = "), let value = cursor.number()
    else { return false }
    var weight = 0.0
    if cursor.take(" (* "), let factor = cursor.number() { weight = factor }
    return add(RunHistory.Output(name, value, lossWeight: weight), seconds)
  }

  /// `0: 0.9`, before 2014: outputs had no names.
  private mutating func readScore(_ cursor: inout ByteCursor, _ seconds: Double?) -> Bool {
    guard let index = cursor.integer(), cursor.take(": "), let value = cursor.number() else { return false }
    return add(RunHistory.Output("score \(index)", value), seconds)
  }

  private mutating func add(_ output: RunHistory.Output, _ seconds: Double?) -> Bool {
    if isInTest, let last = history.tests.indices.last {
      // A test is over when its first output is shown.
      if history.tests[last].outputs.isEmpty, let seconds { history.tests[last].seconds = seconds }
      history.tests[last].outputs.append(numbered: output)
    } else if !isInTest, !history.training.isEmpty {
      history.training[history.training.count - 1].outputs.append(numbered: output)
    } else {
      return false
    }
    return true
  }
}

extension [RunHistory.Output] {
  /// Adds a value; those of one blob are numbered from the second on, the first becoming `[0]`.
  mutating func append(numbered output: RunHistory.Output) {
    let same = indices.filter { self[$0].name == output.name || self[$0].name.hasPrefix("\(output.name)[") }
    guard !same.isEmpty else { return append(output) }
    if same.count == 1, self[same[0]].name == output.name { self[same[0]].name += "[0]" }
    var numbered = output
    numbered.name += "[\(same.count)]"
    append(numbered)
  }
}
