import CaffeCore
import CaffeNet
import CaffeProto
import Foundation

/// The snapshots of one prefix, as they lie on the disk.
public struct SnapshotFolder {
  private let prefix: String
  private let context: Context

  /// The snapshots that begin with `prefix`; a relative one counts from the context's base folder.
  public init(prefix: String, context: Context) {
    self.prefix = prefix
    self.context = context
  }

  /// The newest snapshot that is whole, for `Solver.restore`; each newer one is passed over with a warning that says why.
  ///
  /// - Returns: The state's file; `nil` where there is none.
  public func newestWhole() -> String? {
    let names = self.names
    let iterations = Set(names.compactMap { parts($0)?.iteration }).sorted(by: >)
    for iteration in iterations {
      let states = [".solverstate", ".solverstate.h5"].map { "\(prefix)_iter_\(iteration)\($0)" }
        .filter { SystemCalls.kind(of: context.path($0)) != .missing }
      guard !states.isEmpty else {
        warn("the snapshot of iteration \(iteration) is passed over: it is incomplete, since there is no solver state")
        continue
      }
      for state in states {
        do {
          try check(state, iteration: iteration)
          return state
        } catch {
          warn("\(state) is passed over: \(error)")
        }
      }
    }
    return nil
  }

  /// The seed of the run that wrote `state`, so that nets can be built with it; `nil` without a checkpoint.
  ///
  /// - Throws: `CaffeError` when the snapshot isn't whole.
  public static func seed(of state: String, context: Context) throws -> UInt64? {
    try Checkpoint(beside: state, context: context)?.seed()
  }

  /// Removes what runs that were killed left under temporary names; nobody else may be writing.
  func removeTemporaryFiles() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(".tmp") && name.drop(while: { $0 == "." }).hasPrefix(stem) {
      try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }
  }

  // MARK: - Files

  /// The iterations that have a checkpoint, the newest first.
  var iterations: [Int] {
    Set(names.compactMap(parts).filter { $0.ending == ".checkpoint" }.map(\.iteration)).sorted(by: >)
  }

  /// Removes all files of the snapshot of `iteration`: its state first, so that what is left of it is never taken for whole.
  func remove(iteration: Int) throws {
    let endings = [
      ".solverstate", ".solverstate.h5", ".checkpoint", ".caffemodel", ".caffemodel.h5", "_ema.caffemodel",
      "_ema.caffemodel.h5", ".caffemodel.preprocess.json", ".caffemodel.h5.preprocess.json"
    ]
    for ending in endings {
      let file = context.path("\(prefix)_iter_\(iteration)\(ending)")
      guard SystemCalls.kind(of: file) == .regular else { continue }
      do {
        try FileManager.default.removeItem(atPath: file)
      } catch {
        throw CaffeError(
          .file, file: file, "this old snapshot can't be removed; check the permissions of its folder", cause: error)
      }
    }
  }

  private var path: String { SystemCalls.folder(of: context.path(prefix)) }
  private var stem: String { SystemCalls.name(of: prefix) + "_iter_" }
  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }

  private func parts(_ name: String) -> (iteration: Int, ending: String)? {
    guard name.hasPrefix(stem) else { return nil }
    let rest = name.dropFirst(stem.count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    let ending = rest.dropFirst(digits.count)
    let endings = [".solverstate", ".solverstate.h5", ".checkpoint", ".caffemodel", ".caffemodel.h5"]
    guard let iteration = Int(digits), String(iteration) == digits, endings.contains(String(ending)) else { return nil }
    return (iteration, String(ending))
  }

  /// Checks that a snapshot is whole: by its checkpoint, or by reading it where there is none.
  private func check(_ state: String, iteration: Int) throws {
    if try Checkpoint(beside: state, context: context) != nil { return }
    let stored = try StoredState(context.path(state), file: state)
    for history in stored.histories { _ = try history.values() }
    guard let model = stored.learnedNet, !model.isEmpty else { return }
    let beside = "\(SystemCalls.folder(of: state))/\(SystemCalls.name(of: model))"
    let file = SystemCalls.kind(of: context.path(model)) == .regular ? model : beside
    if try !WeightsFormat.isHDF5(context.path(file)) {
      _ = try NetReader.readWeights(file: context.path(file)) { _ in }
    }
  }

  private func warn(_ text: String) { context.logger.warning("\(text)", at: "solver.cpp:296") }
}
