import CaffeCore

/// What a net does with values that none of its layers needs any more.
public enum ActivationMemory: Hashable, Sendable {
  /// They stay, as in Caffe: every blob can be looked at after a pass.
  case kept
  /// Each forward gives their memory to the layers that come later: for nets that never run backward.
  case reusedByForward
  /// Each backward gives it to the gradients that come later, and after it to other nets: for nets in which a backward follows each
  /// forward.
  case reusedByTraining
}

extension Net {
  /// Says what is done with values that no layer needs any more.
  ///
  /// Where memory is reused, the values and gradients of all blobs are undefined after a whole pass but for those of the tops of
  /// layers without bottoms (inputs, data), of losses, of the net's outputs and of the blobs called `names`; parameters aren't
  /// touched. Passes over a part of the net keep everything.
  ///
  /// - Parameters:
  ///   - mode: What is done.
  ///   - names: Blobs that stay.
  ///   - arena: Where memory comes from; one of the net's own unless said. Nets that never compute at the same time, such as those of a
  ///     solver, may share one.
  public func setActivationMemory(
    _ mode: ActivationMemory, keeping names: Set<String> = [], in arena: MemoryArena? = nil
  ) {
    guard mode != .kept, !overwritesItsData else {
      releases = nil
      return
    }
    let plan = ReleasePlan(self, trains: mode == .reusedByTraining, keeping: buffersToKeep(names))
    let arena = arena ?? MemoryArena()
    for buffer in plan.buffers { buffer.takeMemory(from: arena) }
    releases = plan
  }

  /// Whether a layer works in-place on what a data layer gives: then the last batch couldn't be computed again.
  private var overwritesItsData: Bool {
    layers.indices.contains { index in
      !bottoms[index].isEmpty && tops[index].contains { top in sources.contains { $0 === top } }
    }
  }

  /// The tops of layers that have no bottoms.
  private var sources: [Blob] { layers.indices.filter { bottoms[$0].isEmpty }.flatMap { tops[$0] } }

  private func buffersToKeep(_ names: Set<String>) -> Set<ObjectIdentifier> {
    var blobs = sources + outputs.map(\.blob) + layers.flatMap(\.blobs) + names.compactMap { blob(named: $0) }
    for (layer, tops) in zip(layers, tops) {
      blobs += zip(layer.lossWeights, tops).filter { $0.0 != 0 }.map(\.1)
    }
    return Set(blobs.flatMap { [ObjectIdentifier($0.data), ObjectIdentifier($0.diff)] })
  }

  /// Calls `body` with all values of the last batch at hand: where memory is reused they are computed once more.
  ///
  /// What layers carry is as before, afterwards. Layers with random numbers draw others.
  func withValues<Result>(_ body: () throws -> Result) throws -> Result {
    guard let plan = releases else { return try body() }
    let state = carriedState()
    releases = nil
    defer { releases = plan }
    for index in layers.indices where !bottoms[index].isEmpty { _ = try forward(layer: index) }
    let result = try body()
    try restore(state)
    return result
  }

  /// Calls `body` with all gradients of the last batch at hand.
  func withGradients<Result>(_ body: () throws -> Result) throws -> Result {
    guard releases != nil else { return try body() }
    let gradients = learnable.map { $0.blob.diff.values }
    defer { for (parameter, gradient) in zip(learnable, gradients) { parameter.blob.diff.set(gradient) } }
    return try withValues {
      try backward()
      return try body()
    }
  }
}
