import CaffeCore

/// Reads lines of metrics files as `MetricsRecorder` writes them for iterations and tests, many times faster than a decoder of any JSON.
struct MetricsScanner {
  private var cursor: ByteCursor
  private var line = MetricsLine(.train, iteration: 0)

  /// The line; nil where it holds anything else, which is then for the decoder.
  static func line(_ bytes: Slice<UnsafeRawBufferPointer>) -> MetricsLine? {
    var scanner = MetricsScanner(cursor: ByteCursor(bytes))
    return scanner.scan() ? scanner.line : nil
  }

  private init(cursor: ByteCursor) { self.cursor = cursor }

  private mutating func scan() -> Bool {
    guard cursor.take("{") else { return false }
    var (hasType, hasIteration) = (false, false)
    repeat {
      guard let name = cursor.plainText(), cursor.take(":") else { return false }
      switch name {
      case "type":
        guard let kind = cursor.plainText().flatMap(MetricsLine.Kind.init(rawValue:)) else { return false }
        line.type = kind
        hasType = true
      case "iteration":
        guard let iteration = cursor.integer() else { return false }
        line.iteration = iteration
        hasIteration = true
      case "net":
        guard let net = cursor.integer() else { return false }
        line.net = net
      case "outputs":
        guard scanOutputs() else { return false }
      default:
        guard let value = value(), take(value, as: name) else { return false }
      }
    } while cursor.take(",")
    return cursor.take("}") && cursor.first == nil && hasType && hasIteration
  }

  private mutating func take(_ value: Double, as name: String) -> Bool {
    switch name {
    case "seconds": line.seconds = value
    case "loss": line.loss = value
    case "rate": line.rate = value
    case "iterationsPerSecond": line.iterationsPerSecond = value
    case "imagesPerSecond": line.imagesPerSecond = value
    case "gradientNorm": line.gradientNorm = value
    default: return false
    }
    return true
  }

  private mutating func scanOutputs() -> Bool {
    guard cursor.take("{") else { return false }
    var outputs: [String: Double] = [:]
    if !cursor.take("}") {
      repeat {
        guard let name = cursor.plainText(), cursor.take(":"), let value = value() else { return false }
        outputs[name] = value
      } while cursor.take(",")
      guard cursor.take("}") else { return false }
    }
    line.outputs = outputs
    return true
  }

  /// A number, or the text for one that isn't finite.
  private mutating func value() -> Double? {
    guard cursor.first == UInt8(ascii: "\"") else { return cursor.number() }
    switch cursor.plainText() {
    case "nan": return .nan
    case "inf": return .infinity
    case "-inf": return -.infinity
    default: return nil
    }
  }
}
