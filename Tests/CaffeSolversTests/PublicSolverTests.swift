import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Solvers that people published: what is checked in them must not shut out any that the original takes.
struct PublicSolverTests {
  private static let folder = ProcessInfo.processInfo.environment["CAFFE_DATA_DIR"].map { $0 + "/prototxt" }

  /// `step` without a `stepsize`: the original divides by zero.
  private static let refused: Set<String> = ["541435721__caffe__nonlinear_solver.prototxt"]

  @Test(.enabled(if: folder != nil, "set CAFFE_DATA_DIR to read public prototxt files"))
  func rulesAndPoliciesAreMadeOfEverySolver() throws {
    let folder = try #require(Self.folder)
    let index = try String(contentsOfFile: "\(folder)/index.tsv", encoding: .utf8)
    var files: [String] = []
    for line in index.split(separator: "\n") {
      let columns: [Substring] = line.split(separator: "\t")
      if columns.count > 1, columns[1] == "solver" { files.append(String(columns[0])) }
    }
    #expect(files.count == 149)
    var refused: Set<String> = []
    for file in files {
      let solver = try NetReader.readSolver(file: "\(folder)/\(file)").solver
      do {
        _ = try UpdateRules.rule(for: solver)
        _ = try RatePolicy(solver)
      } catch {
        refused.insert(file)
      }
    }
    #expect(refused == Self.refused)
  }
}
