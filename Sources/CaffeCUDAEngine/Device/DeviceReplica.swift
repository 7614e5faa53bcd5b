import CaffeCore

/// A buffer's values, row-major, in a device's memory.
final class DeviceReplica: BufferReplica {
  let device: CUDADevice
  let memory: DeviceMemory
  /// The number that all values are known to be, as nothing has set others since.
  private(set) var constant: Float?
  /// Whether the memory doesn't hold that number yet: it is written when a kernel reads it, which it may never do.
  private(set) var isPending = false

  init(_ device: CUDADevice, memory: DeviceMemory) {
    self.device = device
    self.memory = memory
  }

  /// Says that all values are `value`, without writing them.
  func become(_ value: Float) {
    constant = value
    isPending = true
  }

  /// Says that others set the values: nothing is known of them.
  func becomeUnknown() {
    constant = nil
    isPending = false
  }

  /// Has the memory hold the values, for a kernel to read.
  func settle() {
    guard isPending, let constant else { return }
    isPending = false
    let count = memory.bytes / MemoryLayout<Float>.stride
    device.prepare(.fill, .over(count), memory.address, count, constant)
  }

  /// Waits for the values and copies them; where they are known there is nothing to wait for.
  func store(to target: UnsafeMutableBufferPointer<Float>) {
    if let constant, device.failure == nil {
      target.update(repeating: constant)
      return
    }
    guard let pointer = target.baseAddress else { return }
    device.download(memory, to: UnsafeMutableRawPointer(pointer), bytes: target.count * MemoryLayout<Float>.stride)
  }

  /// Lends the memory to others.
  func park() {
    becomeUnknown()
    memory.park()
  }

  /// Whether the memory can be used again.
  func reclaim() -> Bool { memory.reclaim() }
}
