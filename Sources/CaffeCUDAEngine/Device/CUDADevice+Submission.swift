import CCUDA
import CaffeCore

extension CUDADevice {
  /// Asks for a kernel.
  func launch<each Argument: BitwiseCopyable>(
    _ kernel: Kernel, _ shape: LaunchShape, _ arguments: repeat each Argument
  ) {
    prepare(kernel, shape, repeat each arguments)
    touched.removeAll(keepingCapacity: true)
    if !usesGraphs || queue.entries.count >= CUDADevice.longestSubmission { submit() }
  }

  /// Which of the kernels that were asked for one is.
  struct Launch: Equatable {
    fileprivate var submission: UInt64
    fileprivate var index: Int
  }

  /// The kernel that was asked for last, if it isn't begun.
  var lastLaunch: Launch? {
    queue.openBatch == nil && !queue.entries.isEmpty
      ? Launch(submission: submission, index: queue.entries.count - 1) : nil
  }

  /// Takes back a kernel, if nothing else was asked for since and it isn't begun: who asked for it does it in another way.
  ///
  /// - Returns: Whether it was taken back.
  func takeBack(_ launch: Launch) -> Bool {
    guard launch == lastLaunch else { return false }
    queue.removeLast()
    return true
  }

  /// Asks for a kernel that another one needs, which is asked for next: they are begun together.
  func prepare<each Argument: BitwiseCopyable>(
    _ kernel: Kernel, _ shape: LaunchShape, _ arguments: repeat each Argument
  ) {
    guard failure == nil, !options.rehearses else { return }
    do {
      queue.append(try kernels.function(kernel), shape, repeat each arguments)
    } catch {
      fail(error as? CaffeError ?? CaffeError(.unsupported, "\(error)"))
    }
  }

  /// Asks for a step over a parameter, together with those before it if they are alike.
  func launchUpdate(_ kernel: Kernel, _ part: caffe_gpu_update, _ numbers: caffe_gpu_update_numbers) {
    guard failure == nil, !options.rehearses else { return }
    do {
      queue.append(part, UpdateBatch.Key(function: try kernels.function(kernel), numbers: numbers))
      touched.removeAll(keepingCapacity: true)
    } catch {
      fail(error as? CaffeError ?? CaffeError(.unsupported, "\(error)"))
    }
  }

  /// Asks for a call of a library's function that takes the stream; calls of one signature do just the same.
  package func call(_ signature: Int, _ what: String, by library: CUDALibrary, _ body: @escaping () -> Int32) {
    guard failure == nil, !options.rehearses else { return }
    queue.append(signature: signature) { [unowned self] in
      let status = body()
      if status != 0 {
        let error = libraries.describe(status, of: library)
        fail(CaffeError(.unsupported, "device \(ordinal) (\(name)): \(what) by \(library.name) failed with \(error)"))
      }
      return status
    }
    touched.removeAll(keepingCapacity: true)
    if !usesGraphs { submit() }
  }

  /// Says that what is asked for next uses the memory.
  func touch(_ memory: DeviceMemory) {
    memory.lastUse = submission
    if !options.rehearses { touched.append(memory) }
  }

  private static let longestSubmission = 4096

  /// Starts what was asked for.
  package func submit() {
    guard failure == nil, !queue.isEmpty || !awaited.isEmpty else { return }
    queue.closeBatch()
    started += queue.entries.count
    makeCurrent()
    for event in awaited {
      guard succeeds(libraries.cuda.streamWaitEvent(stream, event, 0), "wait for a copy") else { return }
    }
    awaited.removeAll(keepingCapacity: true)
    if !startAsGraph() { startPlainly() }
    queue.removeAll()
    guard failure == nil else { return }
    endSubmission()
    // What is about to be asked for comes with the next one.
    for memory in touched { memory.lastUse = submission }
  }

  /// Says that something was begun beside the queue, which copies to the memory that it uses must wait for.
  func submitDirectly() {
    guard failure == nil else { return }
    touched.removeAll(keepingCapacity: true)
    endSubmission()
  }

  private func endSubmission() {
    _ = succeeds(libraries.cuda.eventRecord(submitted[Int(submission % 8)], stream), "record an event")
    submission += 1
  }

  private func startPlainly() {
    for entry in queue.entries {
      guard failure == nil, start(entry) else { return }
    }
  }

  private func start(_ entry: WorkQueue.Entry) -> Bool {
    guard let function = entry.function else { return queue.calls[entry.call]() == 0 }
    let status = queue.withArguments(of: entry) {
      libraries.cuda.launchKernel(
        function, entry.shape.grid.0, entry.shape.grid.1, entry.shape.grid.2, entry.shape.block, 1, 1, 0, stream, $0,
        nil)
    }
    return succeeds(status, "start a kernel")
  }

  // MARK: - Graphs

  /// How many graphs were made.
  package var graphsMade: Int { graphs.made }

  private func startAsGraph() -> Bool {
    guard usesGraphs, queue.entries.count >= options.shortestGraph else { return false }
    var found = graphs.graph(for: queue)
    // The first time libraries may set themselves up, which can't be part of a graph.
    if found == nil, graphs.remember(queue) { found = makeGraph() }
    guard let found, found.setArguments(from: queue) else { return false }
    return succeeds(libraries.cuda.graphLaunch(found.executable, stream), "start a graph")
  }

  /// After so many forms that can't become graphs there are none any more: each attempt takes time.
  private static let mostRefusals = 3

  /// Makes a graph of what was asked for; where that can't be done, what has this form is never tried again.
  private func makeGraph() -> GraphCache.Graph? {
    do {
      let graph = try captured()
      graphs.add(graph, for: queue)
      return graph
    } catch {
      let refusals = graphs.refuse(queue)
      let number = queue.entries.count
      var warning = "Device \(ordinal) (\(name)) starts each of \(number) kernels by itself, which is slower: \(error)"
      if refusals == CUDADevice.mostRefusals {
        usesGraphs = false
        graphs.removeAll()
        warning += "; from now on it does so with all"
      }
      logger.warning("\(warning)")
      return nil
    }
  }

  func captured() throws -> GraphCache.Graph {
    let cuda = libraries.cuda
    try libraries.check(
      cuda.streamBeginCapture(stream, CAFFE_CU_CAPTURE_THREAD_LOCAL.status), "begin to make a graph")
    var nodes: [caffe_cu_node?] = []
    var hasFailed = false
    // A failure gives up what was asked for.
    let asked = queue
    for entry in queue.entries {
      guard failure == nil, start(entry) else {
        hasFailed = true
        break
      }
      nodes.append(entry.function == nil ? nil : lastNode())
    }
    var graph: caffe_cu_graph?
    let ended = cuda.streamEndCapture(stream, &graph)
    if hasFailed || ended != 0 {
      let reason = failure.map { "\($0)" } ?? libraries.describe(ended)
      // What can't be done in a graph may be possible without.
      failure = nil
      queue = asked
      if let graph { _ = cuda.graphDestroy(graph) }
      throw CaffeError(.unsupported, "a graph can't be made: \(reason)")
    }
    guard let graph else { throw CaffeError(.unsupported, "no graph was made") }
    var executable: caffe_cu_graph_exec?
    let made = cuda.graphInstantiate(&executable, graph, 0)
    guard made == 0, let executable else {
      _ = cuda.graphDestroy(graph)
      throw CaffeError(.unsupported, "a graph can't be used: \(libraries.describe(made))")
    }
    return GraphCache.Graph(cuda, executable: executable, graph: graph, queue: queue, nodes: nodes)
  }

  /// The node of what the stream was asked for last.
  private func lastNode() -> caffe_cu_node? {
    var status: Int32 = 0
    var identifier: UInt64 = 0
    var graph: caffe_cu_graph?
    var nodes: UnsafePointer<caffe_cu_node?>?
    var count = 0
    let got = libraries.cuda.streamGetCaptureInfo(stream, &status, &identifier, &graph, &nodes, &count)
    return got == 0 && count == 1 ? nodes?[0] : nil
  }
}
