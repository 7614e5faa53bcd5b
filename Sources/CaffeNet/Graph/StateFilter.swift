import CaffeCore
import CaffeProto
import Logging

/// Which layers a net has in a given state: phase, level and stages against each layer's include and exclude rules.
struct StateFilter {
  let state: NetState
  let logger: Logger

  /// The entries that belong to the state.
  ///
  /// - Throws: `CaffeError` when a layer has rules of both kinds.
  func apply(to entries: [LayerEntry]) throws -> [LayerEntry] {
    try entries.filter { entry in
      let layer = entry.parameter
      guard layer.include.isEmpty || layer.exclude.isEmpty else {
        throw entry.error(.graph, "has both include and exclude rules; keep one kind")
      }
      if layer.include.isEmpty { return !layer.exclude.contains { meets($0, layer: layer.name) } }
      return layer.include.contains { meets($0, layer: layer.name) }
    }
  }

  private func meets(_ rule: NetStateRule, layer: String) -> Bool {
    guard let (reason, source) = conflict(with: rule) else { return true }
    logger.info("\(reason) specified by a rule in layer \(layer)", at: source)
    return false
  }

  private func conflict(with rule: NetStateRule) -> (String, LogSource)? {
    if rule.hasPhase, rule.phase != state.phase {
      let phases = "phase (\(state.phase.rawValue)) differed from the phase (\(rule.phase.rawValue))"
      return ("The NetState \(phases)", "net.cpp:296")
    }
    if rule.hasMinLevel, state.level < rule.minLevel {
      return ("The NetState level (\(state.level)) is above the min_level (\(rule.minLevel))", "net.cpp:305")
    }
    if rule.hasMaxLevel, state.level > rule.maxLevel {
      return ("The NetState level (\(state.level)) is above the max_level (\(rule.maxLevel))", "net.cpp:315")
    }
    if let stage = rule.stage.first(where: { !state.stage.contains($0) }) {
      return ("The NetState did not contain stage '\(stage)'", "net.cpp:332")
    }
    if let stage = rule.notStage.first(where: { state.stage.contains($0) }) {
      return ("The NetState contained a not_stage '\(stage)'", "net.cpp:349")
    }
    return nil
  }
}

extension NetFile {
  /// Which of the net's layers belong to it in `state`; of those that are wrong about it, none.
  package func layerIndices(in state: NetState) -> [Int] {
    let filter = StateFilter(state: state, logger: .silent)
    return net.layer.indices.filter { index in
      let entry = LayerEntry(parameter: net.layer[index], location: nil)
      return (try? filter.apply(to: [entry]))?.isEmpty == false
    }
  }
}
