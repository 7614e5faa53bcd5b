import CaffeCore

/// Memory of a plan, taken when it is first needed and kept.
final class Workspace {
  private var memory: AlignedMemory?

  /// Room for `count` floats, whose values are undefined.
  func room(for count: Int) -> UnsafeMutablePointer<Float> {
    if let memory, memory.count >= count { return memory.pointer }
    let new = AlignedMemory(count: count)
    memory = new
    return new.pointer
  }
}
