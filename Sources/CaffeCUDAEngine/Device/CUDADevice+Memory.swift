import CCUDA
import CaffeCore
import Foundation

extension CUDADevice {
  /// Takes memory. Where there is none the engine fails, with an error that says how much there is.
  func allocate(bytes: Int) -> DeviceMemory? {
    guard failure == nil else { return nil }
    makeCurrent()
    if let memory = DeviceMemory(bytes: bytes, from: pool) { return memory }
    // What nobody uses may be in pieces that are too small.
    submit()
    _ = libraries.cuda.streamSynchronize(copyStream)
    _ = libraries.cuda.streamSynchronize(stream)
    graphs.removeAll()
    pool.trim()
    if let memory = DeviceMemory(bytes: bytes, from: pool) { return memory }
    fail(outOfMemory(bytes))
    return nil
  }

  private func outOfMemory(_ bytes: Int) -> CaffeError {
    var (free, total) = (0, 0)
    _ = libraries.cuda.memGetInfo(&free, &total)
    let used = pool.usage.used
    return CaffeError(
      .unsupported,
      "device \(ordinal) (\(name)) is out of memory: \(mebibytes(bytes)) more were asked for, \(mebibytes(free)) of "
        + "\(mebibytes(total)) are free, and this net uses \(mebibytes(used)) already; reduce batch_size (of the TEST phase, too), raise "
        + "iter_size by as much, or free the memory that other programs use (nvidia-smi lists them)")
  }

  private func mebibytes(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20) MiB" }

  /// What is copied on a stream of its own, so that the device can compute meanwhile.
  static let largeCopy = 256 << 10

  /// Copies values to the device; the host may change them as soon as this returns.
  func upload(_ source: UnsafeRawPointer, bytes: Int, to memory: DeviceMemory) {
    guard failure == nil, bytes > 0, !options.rehearses else { return }
    // Those who were to read what was there before come first, an earlier owner's among them.
    if memory.lastUse == submission || (memory.isFresh && !queue.isEmpty) { submit() }
    makeCurrent()
    copies.toDevice += 1
    copies.bytesToDevice += bytes
    let isLarge = bytes >= CUDADevice.largeCopy
    let target = isLarge ? copyStream : stream
    if isLarge, !waitForUse(of: memory) { return }
    memory.isFresh = false
    let staging = isLarge ? largeStaging : smallStaging
    let copied = staging.send(source, bytes: bytes, on: target, waiting: { wait(for: $0) }) {
      libraries.cuda.copyToDevice(memory.address, $0, bytes, target)
    }
    guard let copied else {
      fail(
        CaffeError(.unsupported, "device \(ordinal) (\(name)) can't take a copy of \(mebibytes(bytes)) from the host"))
      return
    }
    if isLarge { awaited.append(copied) }
  }

  /// Has copies wait until what uses the memory is done.
  private func waitForUse(of memory: DeviceMemory) -> Bool {
    // An operation may be of several kernels; those that are begun one by one are submissions of their own.
    let last = memory.isFresh || !usesGraphs ? submission - 1 : memory.lastUse
    guard last > 0, last < submission else { return true }
    let kept = max(last, submission > 8 ? submission - 8 : 1)
    return succeeds(
      libraries.cuda.streamWaitEvent(copyStream, submitted[Int(kept % 8)], 0), "wait for what was asked before")
  }

  /// Waits for values and copies them to the host. When something went wrong they are zeros.
  func download(_ memory: DeviceMemory, to target: UnsafeMutableRawPointer, bytes: Int) {
    submit()
    guard failure == nil, bytes > 0, !options.rehearses else {
      target.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
      return
    }
    makeCurrent()
    copies.toHost += 1
    copies.bytesToHost += bytes
    // A copy to memory that the device can't reach by itself waits in the driver, where nobody watches.
    let isReady = watch == nil || waitForStream()
    if isReady, succeeds(libraries.cuda.copyToHost(target, memory.address, bytes, stream), "copy to the host") {
      wait()
    }
    if failure != nil { target.initializeMemory(as: UInt8.self, repeating: 0, count: bytes) }
  }

  /// Waits until everything is done, and looks at what kernels found wrong.
  func wait() {
    submit()
    guard failure == nil else { return }
    makeCurrent()
    let bytes = FaultReport.words * MemoryLayout<Int32>.stride
    guard succeeds(libraries.cuda.copyToHost(faults.copy, faults.memory.address, bytes, stream), "copy to the host"),
      waitForStream()
    else { return }
    if let fault = fault() { fail(fault) }
  }

  /// Waits until the stream has done all; says whether it has.
  func waitForStream() -> Bool {
    let cuda = libraries.cuda
    let status = watch == nil ? cuda.streamSynchronize(stream) : poll { cuda.streamQuery(stream) }
    return succeeds(status, "do what it was asked for")
  }

  /// Waits for an event; says whether it came.
  private func wait(for event: caffe_cu_event) -> Bool {
    let cuda = libraries.cuda
    let status = watch == nil ? cuda.eventSynchronize(event) : poll { cuda.eventQuery(event) }
    return succeeds(status, "copy from the host")
  }

  /// Asks until the answer is another than "not yet". Meanwhile `watch` looks whether there will ever be one.
  private func poll(_ query: () -> Int32) -> Int32 {
    var attempts = 0
    while true {
      let status = query()
      guard status == CAFFE_CU_NOT_READY.status else { return status }
      attempts += 1
      if attempts % 500 == 0, let error = watch?() {
        fail(error)
        return status
      }
      Thread.sleep(forTimeInterval: 1e-4)
    }
  }
}
