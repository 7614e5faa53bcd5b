import CaffeCore

/// A buffer's values in a device's memory, in an order that a kernel wants them in; as a user sees them they are row-major.
final class DeviceReplica: BufferReplica {
  let device: CUDADevice
  /// Where the values are.
  private(set) var memory: DeviceMemory
  /// Their order there.
  private(set) var order = ValueOrder.plain
  /// The same values in another order, for kernels that read them so.
  private var copy: (memory: DeviceMemory, order: ValueOrder)?
  /// The number that all values are known to be, as nothing has set others since.
  private(set) var constant: Float?
  /// Whether the memory doesn't hold that number yet: it is written when a kernel reads it, which it may never do.
  private(set) var isPending = false

  /// Memory that takes turns with the one that is used.
  private var other: DeviceMemory?

  /// Whether others have the memory now.
  private var isGone = false

  init(_ device: CUDADevice, memory: DeviceMemory) {
    self.device = device
    self.memory = memory
  }

  /// A replica of the same values, in the same memory until one of the two gets others.
  init(sharing other: DeviceReplica) {
    device = other.device
    memory = other.memory
    order = other.order
    memory.owners += 1
  }

  deinit { letGo() }

  /// Leaves the memory to others.
  func letGo() {
    guard !isGone else { return }
    isGone = true
    memory.owners -= 1
  }

  /// Whether nobody else has values in the memory.
  var isAlone: Bool { memory.owners == 1 }

  /// Says that all values are `value`, without writing them.
  func become(_ value: Float) {
    becomeUnknown()
    constant = value
    isPending = true
  }

  /// Says that others set the values, in this order: nothing is known of them.
  func becomeUnknown(in order: ValueOrder = .plain) {
    constant = nil
    isPending = false
    self.order = order
    copy = nil
  }

  /// The memory that holds the values in an order, for a kernel to read; nothing where there is no room for them.
  func memory(in wanted: ValueOrder) -> DeviceMemory? {
    settle()
    // Of values that are all the same there is no order.
    if order == wanted || constant != nil { return memory }
    if let copy, copy.order == wanted { return copy.memory }
    let isBetweenOthers = order != .plain && wanted != .plain
    guard let source = isBetweenOthers ? memory(in: .plain) : memory, let made = device.allocate(bytes: memory.bytes)
    else { return nil }
    device.touch(source)
    device.touch(made)
    device.prepareReorder(source.address, from: isBetweenOthers ? .plain : order, made.address, to: wanted)
    copy = (made, wanted)
    return made
  }

  /// Has the values in this order alone, for a kernel to change some.
  func become(in wanted: ValueOrder) -> DeviceMemory? {
    guard var found = memory(in: wanted) else { return nil }
    if found === memory, !isAlone {
      guard let own = device.allocate(bytes: memory.bytes) else { return nil }
      device.touch(memory)
      device.prepareCopy(memory.address, own.address, count: memory.bytes / MemoryLayout<Float>.stride)
      found = own
    }
    if found !== memory {
      memory.owners -= 1
      memory = found
    }
    order = wanted
    copy = nil
    return found
  }

  /// Has the next values go to other memory than the last ones, which what is being computed may still read. The two take turns.
  func takeTurns() {
    guard isAlone, memory.lastUse > 0 else { return }
    device.makeCurrent()
    // Where there is no room for two, one has to do.
    guard let next = other ?? DeviceMemory(bytes: memory.bytes, from: device.pool) else { return }
    (memory, other) = (next, memory)
  }

  /// Has the memory hold the values, for a kernel to read.
  private func settle() {
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
    device.download(
      memory(in: .plain) ?? memory, to: UnsafeMutableRawPointer(pointer),
      bytes: target.count * MemoryLayout<Float>.stride)
  }

  /// Lends the memory to others.
  func park() {
    becomeUnknown()
    // Who has let go of it already has no say.
    guard !isGone else { return }
    if isAlone { memory.park() } else { letGo() }
  }

  /// Whether the memory can be used again.
  func reclaim() -> Bool { !isGone && memory.reclaim() }
}
