import CCUDA
import CaffeCore
import Logging

/// The engine for NVIDIA's graphics processors.
///
/// Operations are taken down and begun together; values stay on the device until somebody reads them. See Documentation/GPU.md.
public final class CUDAEngine {
  /// "cuda".
  public let name = "cuda"

  /// What it runs on.
  package let device: CUDADevice
  /// The weighted sum that was asked for last.
  var lastSum: DeviceSum?

  /// Opens device `ordinal` with the libraries given.
  ///
  /// - Throws: `CaffeError` when there is no such device, or something it needs is missing.
  public convenience init(
    _ libraries: CUDALibraries, ordinal: Int = 0, options: CUDAOptions = CUDAOptions(), logger: Logger = .silent
  ) throws {
    self.init(device: try CUDADevice(libraries, ordinal: ordinal, options: options, logger: logger))
  }

  package init(device: CUDADevice) { self.device = device }

  /// The device and its kind.
  public var summary: String {
    "device \(device.ordinal): \(device.name), compute capability \(device.capability / 10).\(device.capability % 10)"
  }
}

extension CUDAEngine {
  /// The most bytes of the device's memory that values and workspaces took at a time.
  public var peakMemory: Int { device.pool.usage.peak }

  /// The bytes of the device's memory that were asked of the driver.
  public var reservedMemory: Int { device.pool.reserved }

  /// The bytes of the device's memory that nobody has.
  public var freeMemory: Int {
    var (free, total) = (0, 0)
    device.makeCurrent()
    return device.libraries.cuda.memGetInfo(&free, &total) == 0 ? free : 0
  }
}

extension CUDAEngine: Engine {
  /// Yes: to read a value means to wait for the device.
  public var isDeferred: Bool { true }

  /// Says that the operations that follow belong to layer `place`.
  public func begin(_ place: String) { device.places.begin(place) }

  /// Starts what was asked for up to now.
  public func submit() { device.submit() }

  /// Throws what is known to have gone wrong.
  public func check() throws { if let failure = device.failure { throw failure } }

  /// Waits until all that was asked for is done.
  public func finish() throws {
    device.wait()
    try check()
  }

  /// The moment at which the device has done what it was asked for up to now.
  public func moment() -> any EngineMoment { DeviceMoment(device) }
}

// MARK: - Buffers

extension CUDAEngine {
  /// Where the values are on the device, copied there if they aren't; 0 after a failure.
  func read(_ buffer: Buffer, in order: ValueOrder = .plain) -> UInt64 {
    guard let replica = currentReplica(of: buffer), let memory = replica.memory(in: order) else { return 0 }
    device.touch(memory)
    return memory.address
  }

  /// Where the first value of an operand is.
  func read(_ operand: Operand) -> UInt64 { read(operand.buffer) + UInt64(operand.offset * 4) }

  /// Where the values are, to change some of them.
  func update(_ buffer: Buffer, in order: ValueOrder = .plain) -> UInt64 {
    guard let replica = currentReplica(of: buffer), let memory = replica.become(in: order) else { return 0 }
    device.touch(memory)
    return written(buffer, replica, in: order)
  }

  /// Where the first value of an operand is, to change some.
  func update(_ operand: Operand) -> UInt64 { update(operand.buffer) + UInt64(operand.offset * 4) }

  /// Where values are that a kernel adds to the first `count` of. Where all are zero it sets those instead, which saves to write
  /// the zeros and to read them again.
  func accumulate(
    _ buffer: Buffer, _ count: Int, in order: ValueOrder = .plain
  ) -> (address: UInt64, isZero: Bool) {
    guard count == buffer.count, isZero(buffer) else { return (update(buffer, in: order), false) }
    return (write(buffer, count, in: order), true)
  }

  /// Whether all values are known to be zero.
  private func isZero(_ buffer: Buffer) -> Bool {
    if buffer.isUntouched { return true }
    return replica(of: buffer)?.constant == 0
  }

  /// Sets all values, without a kernel: one that reads them has them written first.
  func set(_ buffer: Buffer, to value: Float) {
    guard let replica = storedReplica(of: buffer) else { return }
    replica.become(value)
    buffer.replaceValues(with: replica)
  }

  /// The number that all values are known to be.
  func constant(_ buffer: Buffer) -> Float? { replica(of: buffer)?.constant }

  /// Where the first `count` values go, all of which the kernel sets; others stay.
  func write(_ buffer: Buffer, _ count: Int, in order: ValueOrder = .plain) -> UInt64 {
    guard count == buffer.count else { return update(buffer, in: order) }
    guard let replica = storedReplica(of: buffer) else { return 0 }
    return written(buffer, replica, in: order)
  }

  /// Where the first value of an operand goes.
  func write(_ operand: Operand, _ count: Int) -> UInt64 {
    guard operand.offset == 0 else { return update(operand) }
    return write(operand.buffer, count)
  }

  private func written(_ buffer: Buffer, _ replica: DeviceReplica, in order: ValueOrder) -> UInt64 {
    replica.becomeUnknown(in: order)
    device.touch(replica.memory)
    buffer.replaceValues(with: replica)
    return replica.memory.address
  }

  /// Has `others` get the values of `source`, which are in one memory until somebody changes them.
  func share(_ source: Buffer, with others: [Buffer]) {
    guard let replica = replica(of: source) else { return }
    for other in others { other.replaceValues(with: DeviceReplica(sharing: replica)) }
  }

  /// Says that all of these buffers' values are about to be replaced, so that memory that they share is free.
  func forget(_ buffers: [Buffer]) {
    for buffer in buffers { (buffer.storedReplica as? DeviceReplica)?.letGo() }
  }

  /// The order that values have on the device; plain where nothing says otherwise.
  func order(of buffer: Buffer) -> ValueOrder {
    guard let replica = replica(of: buffer), replica.constant == nil else { return .plain }
    return replica.order
  }

  /// An order for `count` values that are combined one by one: that of one of the buffers they come from, if it can be that of all.
  func order(of sources: [Buffer], to targets: [Buffer], count: Int) -> ValueOrder {
    guard sources.allSatisfy({ $0.count == count }), targets.allSatisfy({ $0.count == count }) else { return .plain }
    var found = ValueOrder.plain
    for buffer in sources {
      let order = order(of: buffer)
      if order == .plain || order == found { continue }
      if found != .plain { return .plain }
      found = order
    }
    return found
  }

  /// An order for values of `shape`: with the channels last where a buffer has them so.
  func order(of sources: [Buffer], _ shape: ChannelSpec) -> ValueOrder {
    guard sources.allSatisfy({ $0.count == shape.count }) else { return .plain }
    let wanted = ValueOrder.last(shape)
    return sources.contains { order(of: $0) == wanted } ? wanted : .plain
  }

  /// The replica that this device has, if its values are the newest.
  private func replica(of buffer: Buffer) -> DeviceReplica? {
    guard let replica = buffer.currentReplica as? DeviceReplica, replica.device === device else { return nil }
    return replica
  }

  /// The replica with the newest values.
  private func currentReplica(of buffer: Buffer) -> DeviceReplica? {
    if let replica = replica(of: buffer) { return replica }
    buffer.fillNow()
    if let replica = replica(of: buffer) { return replica }
    let isZero = buffer.isUntouched
    guard let replica = storedReplica(of: buffer) else { return nil }
    if isZero {
      replica.become(0)
    } else {
      let bytes = buffer.count * MemoryLayout<Float>.stride
      if buffer.isFed, bytes >= CUDADevice.largeCopy { replica.takeTurns() }
      replica.becomeUnknown()
      device.upload(buffer.hostForReading(), bytes: bytes, to: replica.memory)
    }
    buffer.attach(replica)
    return replica
  }

  /// A replica with room for the values, whatever they are.
  private func storedReplica(of buffer: Buffer) -> DeviceReplica? {
    if let replica = buffer.storedReplica as? DeviceReplica, replica.device === device, replica.isAlone {
      return replica
    }
    guard let memory = device.allocate(bytes: max(buffer.count, 1) * MemoryLayout<Float>.stride) else { return nil }
    return DeviceReplica(device, memory: memory)
  }
}

extension Kernel {
  static let fill = Kernel("elementwise", "fill")
}
