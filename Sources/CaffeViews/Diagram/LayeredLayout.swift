/// Places the boxes of a diagram in ranks, so that all arrows run one way and few cross.
///
/// The method of Sugiyama, Tagawa and Toda (1981): ranks by the longest path, order in the ranks by the means of the neighbours, places by
/// least squares in that order.
struct LayeredLayout {
  /// A box, or a point that a long arrow passes.
  struct Node {
    /// The extent along the ranks' own direction, and across.
    var breadth: Double
    var depth: Double
    var rank = 0
    /// The centre within the rank.
    var center = 0.0
    var before: [Int] = []
    var after: [Int] = []
  }

  /// The boxes, in the order given, then the points of arrows.
  private(set) var nodes: [Node]
  /// The nodes of each arrow, from box to box.
  private(set) var paths: [[Int]] = []
  /// The nodes of each rank in their order.
  private(set) var ranks: [[Int]] = []
  private let gap: Double

  /// Places boxes of these sizes; arrows must go from a box to a later one.
  init(sizes: [(breadth: Double, depth: Double)], arrows: [(from: Int, to: Int)], gap: Double) {
    nodes = sizes.map { Node(breadth: $0.breadth, depth: $0.depth) }
    self.gap = gap
    rank(arrows)
    addPoints(arrows)
    order()
    place()
  }

  private mutating func rank(_ arrows: [(from: Int, to: Int)]) {
    var before = [[Int]](repeating: [], count: nodes.count)
    var after = before
    for arrow in arrows {
      before[arrow.to].append(arrow.from)
      after[arrow.from].append(arrow.to)
    }
    for index in nodes.indices { nodes[index].rank = (before[index].map { nodes[$0].rank }.max() ?? -1) + 1 }
    // Sources go where they are needed.
    for index in nodes.indices.reversed() where before[index].isEmpty {
      if let first = after[index].map({ nodes[$0].rank }).min() { nodes[index].rank = first - 1 }
    }
  }

  private mutating func addPoints(_ arrows: [(from: Int, to: Int)]) {
    for arrow in arrows {
      var path = [arrow.from]
      for rank in (nodes[arrow.from].rank + 1)..<max(nodes[arrow.from].rank + 1, nodes[arrow.to].rank) {
        nodes.append(Node(breadth: 6, depth: 0, rank: rank))
        path.append(nodes.count - 1)
      }
      path.append(arrow.to)
      for (from, to) in zip(path, path.dropFirst()) {
        nodes[from].after.append(to)
        nodes[to].before.append(from)
      }
      paths.append(path)
    }
    let lowest = nodes.map(\.rank).min() ?? 0
    ranks = Array(repeating: [], count: (nodes.map(\.rank).max() ?? 0) - lowest + 1)
    for index in nodes.indices {
      nodes[index].rank -= lowest
      ranks[nodes[index].rank].append(index)
    }
  }

  // MARK: - Order

  private mutating func order() {
    var position = [Double](repeating: 0, count: nodes.count)
    func note(_ rank: [Int]) { for (place, node) in rank.enumerated() { position[node] = Double(place) } }
    ranks.forEach(note)
    for sweep in 0..<12 {
      let isDown = sweep.isMultiple(of: 2)
      for rank in isDown ? Array(ranks.indices) : ranks.indices.reversed() {
        let keys = ranks[rank].map { node in
          LayeredLayout.mean((isDown ? nodes[node].before : nodes[node].after).map { position[$0] }) ?? position[node]
        }
        // Equal keys keep their order.
        ranks[rank] = zip(ranks[rank], keys).enumerated()
          .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
        note(ranks[rank])
      }
    }
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  // MARK: - Places

  private mutating func place() {
    for rank in ranks { place(rank, wanted: rank.map { _ in 0 }) }
    for sweep in 0..<16 {
      let isDown = sweep.isMultiple(of: 2)
      for rank in isDown ? ranks : ranks.reversed() {
        place(
          rank,
          wanted: rank.map { node in
            LayeredLayout.mean((isDown ? nodes[node].before : nodes[node].after).map { nodes[$0].center })
              ?? nodes[node].center
          })
      }
    }
    let least = nodes.map { $0.center - $0.breadth / 2 }.min() ?? 0
    for index in nodes.indices { nodes[index].center -= least }
  }

  /// Puts the nodes of a rank as near to where they want to be as their order and breadths allow: neighbours that would overlap form a
  /// block, which goes to the mean of what its members want.
  private mutating func place(_ rank: [Int], wanted: [Double]) {
    var offsets: [Double] = []
    for (place, node) in rank.enumerated() {
      let last = place == 0 ? 0 : offsets[place - 1] + (nodes[rank[place - 1]].breadth + nodes[node].breadth) / 2 + gap
      offsets.append(last)
    }
    var blocks: [(sum: Double, count: Int)] = []
    for (place, value) in wanted.enumerated() {
      blocks.append((value - offsets[place], 1))
      while blocks.count > 1 {
        let (last, before) = (blocks[blocks.count - 1], blocks[blocks.count - 2])
        guard before.sum / Double(before.count) > last.sum / Double(last.count) else { break }
        blocks.removeLast(2)
        blocks.append((before.sum + last.sum, before.count + last.count))
      }
    }
    var place = 0
    for block in blocks {
      for _ in 0..<block.count {
        nodes[rank[place]].center = block.sum / Double(block.count) + offsets[place]
        place += 1
      }
    }
  }
}
