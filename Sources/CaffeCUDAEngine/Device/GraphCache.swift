import CCUDA

/// Graphs of submissions that come again and again: one launch in place of many.
///
/// A submission whose kernels are those of an earlier one, with other arguments, uses its graph; the arguments that differ are set.
struct GraphCache {
  /// How many forms of submissions have a graph at a time: those of training and testing, and some for nets that change their shapes.
  private static let capacity = 16

  final class Graph {
    let executable: caffe_cu_graph_exec
    let graph: caffe_cu_graph
    let entries: [WorkQueue.Entry]
    /// What to set the arguments of, where it can be set.
    let nodes: [caffe_cu_node?]
    var words: [UInt64]
    /// Whether only some arguments could be set, so that the graph can't be used any more.
    private var isBroken = false

    private let cuda: caffe_cuda_table

    init(
      _ cuda: caffe_cuda_table, executable: caffe_cu_graph_exec, graph: caffe_cu_graph, queue: WorkQueue,
      nodes: [caffe_cu_node?]
    ) {
      self.cuda = cuda
      self.executable = executable
      self.graph = graph
      self.nodes = nodes
      entries = queue.entries
      words = queue.words
    }

    deinit {
      _ = cuda.graphExecDestroy(executable)
      _ = cuda.graphDestroy(graph)
    }

    func hasForm(of queue: WorkQueue) -> Bool {
      !isBroken && entries.count == queue.entries.count && words.count == queue.words.count
        && zip(entries, queue.entries).allSatisfy { $0.hasSameForm(as: $1) }
    }

    /// Sets the arguments that differ from the last submission's.
    ///
    /// - Returns: Whether that could be done.
    func setArguments(from queue: WorkQueue) -> Bool {
      guard words != queue.words else { return true }
      for (index, entry) in queue.entries.enumerated() where entry.argumentCount > 0 {
        let new = queue.words(of: entry)
        guard words[new.indices] != new else { continue }
        guard let node = nodes[index], set(entry, of: queue, node) else {
          isBroken = true
          return false
        }
      }
      words = queue.words
      return true
    }

    private func set(_ entry: WorkQueue.Entry, of queue: WorkQueue, _ node: caffe_cu_node) -> Bool {
      queue.withArguments(of: entry) { arguments in
        var launch = caffe_cu_launch(
          function: entry.function, grid: entry.shape.grid, block: (entry.shape.block, 1, 1), shared_bytes: 0,
          arguments: arguments, extra: nil)
        return cuda.graphSetKernel(executable, node, &launch) == 0
      }
    }
  }

  private var graphs: [Int: Graph] = [:]
  private var seen: Set<Int> = []
  /// The forms that couldn't be made into graphs.
  private var refused: Set<Int> = []
  /// The forms in the order of their last use, the oldest first.
  private var order: [Int] = []
  private(set) var made = 0

  /// The graph for submissions of this form.
  mutating func graph(for queue: WorkQueue) -> Graph? {
    guard let graph = graphs[queue.hash], graph.hasForm(of: queue) else { return nil }
    if order.last != queue.hash {
      order.removeAll { $0 == queue.hash }
      order.append(queue.hash)
    }
    return graph
  }

  /// Whether a submission of this form came before, and may become a graph; from now on it did.
  mutating func remember(_ queue: WorkQueue) -> Bool {
    guard !refused.contains(queue.hash) else { return false }
    if seen.count > 1024 { seen.removeAll() }
    return !seen.insert(queue.hash).inserted
  }

  /// Says that submissions of this form can't become graphs.
  ///
  /// - Returns: How many forms can't.
  mutating func refuse(_ queue: WorkQueue) -> Int {
    refused.insert(queue.hash)
    return refused.count
  }

  mutating func add(_ graph: Graph, for queue: WorkQueue) {
    if graphs[queue.hash] == nil, graphs.count >= GraphCache.capacity { graphs[order.removeFirst()] = nil }
    order.removeAll { $0 == queue.hash }
    order.append(queue.hash)
    graphs[queue.hash] = graph
    made += 1
  }

  mutating func removeAll() {
    graphs = [:]
    order = []
    seen = []
  }
}
