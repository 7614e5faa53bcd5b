import CaffeCore
import CaffeProto

/// A solver with the nets that it names, as rules look at it.
public struct LintedSolver {
  /// The file that it is in.
  public let file: String
  /// The solver.
  public let solver: SolverParameter
  /// The nets that it is tested with, in the order of `test_iter`, in phase TEST; nil for one that can't be read.
  public let testNets: [LintedNet?]
  /// The files of nets that it names and that aren't there, with the field.
  public let missingNets: [(field: String, file: String)]
  let places: FieldPlaces

  /// Where a field of the solver is, else the beginning of the file.
  public func place(_ field: String) -> FileLocation {
    places.place(of: field) ?? FileLocation(file: file, line: 1, column: 1)
  }
}
