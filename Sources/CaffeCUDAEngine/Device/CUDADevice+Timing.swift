import CCUDA
import CaffeCore

extension CUDADevice {
  /// What is as short as this takes longer to start than to do, unless it is part of a graph.
  private static let shortest: Duration = .microseconds(500)
  /// How often what is short is done to see how long it takes.
  private static let repetitions = 10

  /// How long the device takes for what `body` asks for, once it has been done before; nothing where it fails, or can't be part of a graph
  /// though there are graphs: then it is as if it hadn't been asked for.
  func duration(_ body: () -> Void) -> Duration? {
    submit()
    guard failure == nil else { return nil }
    defer {
      failure = nil
      queue.removeAll()
    }
    guard plainly(body) != nil, let once = plainly(body) else { return nil }
    guard usesGraphs else { return once }
    let isShort = once < CUDADevice.shortest
    for _ in 0..<(isShort ? CUDADevice.repetitions : 1) { body() }
    queue.closeBatch()
    guard failure == nil, let graph = try? captured() else { return nil }
    queue.removeAll()
    guard isShort else { return once }
    // The first launch sets it up.
    let launch = { [self] in _ = libraries.cuda.graphLaunch(graph.executable, stream) }
    launch()
    return duration(of: launch).map { $0 / CUDADevice.repetitions }
  }

  /// The same with each kernel started by itself.
  private func plainly(_ body: () -> Void) -> Duration? {
    let hadGraphs = usesGraphs
    usesGraphs = false
    defer { usesGraphs = hadGraphs }
    return duration(of: body)
  }

  private func duration(of body: () -> Void) -> Duration? {
    let start = DeviceMoment(self)
    body()
    let duration = DeviceMoment(self).duration(since: start)
    return failure == nil ? duration : nil
  }
}
