import CaffeCore

/// The form in which an element-wise operation takes its buffers: the one that the newest input is in.
enum Form {
  /// Plain values, the first so many of each buffer.
  case plain(Int)
  /// All values, in lanes.
  case lanes(LanesForm)

  /// The floats to go over.
  var count: Int {
    switch self {
    case .plain(let count): count
    case .lanes(let form): form.paddedCount
    }
  }
}

extension CPUEngine {
  /// Lanes where one of the inputs is in lanes and all buffers hold just `count` values; otherwise plain.
  func form(of inputs: [Buffer], output: Buffer, count: Int) -> Form {
    guard output.count == count, inputs.allSatisfy({ $0.count == count }) else { return .plain(count) }
    for input in inputs {
      if let form = input.lanesForm { return .lanes(form) }
    }
    return .plain(count)
  }

  /// The same for one input, or two.
  func form(of first: Buffer, _ second: Buffer?, output: Buffer, count: Int) -> Form {
    guard output.count == count, first.count == count, second?.count ?? count == count else { return .plain(count) }
    return (first.lanesForm ?? second?.lanesForm).map { .lanes($0) } ?? .plain(count)
  }

  func read(_ buffer: Buffer, _ form: Form) -> UnsafePointer<Float> {
    switch form {
    case .plain: buffer.hostForReading()
    case .lanes(let form): buffer.lanesForReading(form, workers)
    }
  }

  /// Room for the values of `form`; what a plain buffer holds beyond them stays.
  func write(_ buffer: Buffer, _ form: Form) -> UnsafeMutablePointer<Float> {
    switch form {
    case .plain(let count): buffer.plainForWriting(count)
    case .lanes(let form): buffer.lanesForOverwriting(form, workers)
    }
  }

  /// Ends the writing: lanes without an image are zero.
  func finish(_ buffer: Buffer, _ form: Form) {
    if case .lanes = form { buffer.clearLanesTail() }
  }
}

extension Buffer {
  /// The values for sums to be added to, and whether all are zero: then they are to be set instead.
  func plainForSums() -> (values: UnsafeMutablePointer<Float>, areZero: Bool) {
    let areZero = isUntouched
    return (areZero ? hostForOverwriting() : hostForUpdating(), areZero)
  }

  /// Room for the first `count` values, all of which the caller sets; the others stay.
  func plainForWriting(_ count: Int) -> UnsafeMutablePointer<Float> {
    count == self.count ? hostForOverwriting() : hostForUpdating()
  }
}
