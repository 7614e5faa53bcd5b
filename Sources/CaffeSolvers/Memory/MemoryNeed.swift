import CaffeProto

/// The memory that the training or the testing of a net takes, in bytes, by what it is for.
package struct MemoryNeed: Hashable, Sendable {
  /// What memory is for.
  package enum Part: String, CaseIterable, Hashable, Sendable {
    /// The weights.
    case parameters
    /// Their gradients.
    case gradients
    /// What the update rule remembers of each parameter, and averages of weights.
    case history
    /// Values of blobs and their gradients, of all nets, as they share memory.
    case activations
    /// What layers and engine take beside: windows' winners, columns of patches, weights and inputs in another order.
    case scratch
    /// Batches that are read ahead, and parts of files that data layers hold.
    case batches
    /// The program, its libraries and threads, and the net's description.
    case program
    /// Pages of databases, which the system takes back when others need the memory.
    case database
    /// What writing a snapshot, or reading weights, takes beside all that for a moment.
    case files
  }

  /// The phase.
  package let phase: Phase
  /// The net's name.
  package let net: String
  /// Shapes of data that were taken from the layers' own numbers, `data=64,3,227,227`.
  package let guesses: [String]
  /// The bytes of each part.
  package internal(set) var bytes: [Part: Int] = [:]
  /// The bytes of a device's memory, where the net is computed on one.
  package internal(set) var deviceBytes: Int?

  /// The most that is held at once.
  package var peak: Int { bytes.values.reduce(0, +) }

  /// The bytes of one part.
  package subscript(part: Part) -> Int { bytes[part, default: 0] }
}
