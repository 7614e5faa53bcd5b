/// What solvers that train together, each with an engine of its own, have in common: gradients are averaged over all of them.
///
/// All ranks call the same functions in the same order.
public protocol Communicator: AnyObject {
  /// Which of them this one is, from 0.
  var rank: Int { get }
  /// How many there are.
  var count: Int { get }

  /// Gives every rank the values that rank 0 has.
  func broadcast(_ buffers: [Buffer]) throws

  /// Gives every rank the mean over all ranks, value by value.
  func average(_ buffers: [Buffer]) throws
}
