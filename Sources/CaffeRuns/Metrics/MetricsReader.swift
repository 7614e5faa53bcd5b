import CaffeCore
import Foundation

/// Reads metrics files.
enum MetricsReader {
  /// Whether the content begins as that of a metrics file.
  static func isMetrics(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var lines = ByteLines(bytes)
    return lines.next()?.bytes.first { $0 > 32 } == UInt8(ascii: "{")
  }

  static func read(_ bytes: UnsafeRawBufferPointer, name: String, file: String) throws -> RunHistory {
    var history = RunHistory(name: name)
    let decoder = MetricsLine.decoder()
    for line in ByteLines(bytes) where line.bytes.contains(where: { $0 > 32 }) {
      // A line that lacks its end may still be whole, and then it can be read.
      guard let read = MetricsScanner.line(line.bytes) ?? decoded(line.bytes, by: decoder) else {
        history.unread.add(line.number, String(decoding: line.bytes, as: UTF8.self))
        continue
      }
      history.add(read)
    }
    return history
  }

  private static func decoded(_ bytes: Slice<UnsafeRawBufferPointer>, by decoder: JSONDecoder) -> MetricsLine? {
    try? decoder.decode(MetricsLine.self, from: Data(bytes))
  }
}

extension RunHistory {
  /// Takes in a line.
  mutating func add(_ line: MetricsLine) {
    switch line.type {
    case .run:
      restart(at: line.iteration)
      settings = line.settings
    case .train:
      var point = Training(iteration: line.iteration)
      point.seconds = line.seconds
      point.loss = line.loss
      point.rate = line.rate
      point.iterationsPerSecond = line.iterationsPerSecond
      point.gradientNorm = line.gradientNorm
      point.outputs = outputs(of: line)
      training.append(point)
    case .test:
      var test = Test(iteration: line.iteration, net: line.net ?? 0)
      test.seconds = line.seconds
      test.loss = line.loss
      test.outputs = outputs(of: line)
      // A run that went on from a snapshot repeats the test that was due there.
      tests.removeAll { $0.iteration == test.iteration && $0.net == test.net }
      tests.append(test)
    case .snapshot: if let snapshot = line.snapshot { snapshots.append(snapshot) }
    case .end: outcome = line.outcome
    }
  }

  private func outputs(of line: MetricsLine) -> [Output] {
    (line.outputs ?? [:]).sorted { $0.key < $1.key }.map { name, value in
      let blob = name.prefix { $0 != "[" }
      return Output(name, value, lossWeight: settings?.lossWeights[String(blob)] ?? 0)
    }
  }
}
