import CCUDA
import CaffeCore

/// Memory of the host that the device copies from by itself, while the host goes on.
///
/// Pieces are taken in turn; one is used again once the device has copied it.
final class StagingRing {
  private struct Slot {
    var pointer: UnsafeMutableRawPointer
    var bytes: Int
    var copied: caffe_cu_event
  }

  private let cuda: caffe_cuda_table
  private var slots: [Slot?]
  private var next = 0
  /// Memory that became too small. It is kept to the end: to give it back means to wait for all that the device was asked for.
  private var outgrown: [UnsafeMutableRawPointer] = []

  init(_ cuda: caffe_cuda_table, slots: Int) {
    self.cuda = cuda
    self.slots = Array(repeating: nil, count: slots)
  }

  deinit { removeAll() }

  /// Gives all memory back, once it is copied.
  func removeAll() {
    for index in slots.indices {
      if let slot = slots[index] {
        _ = cuda.eventSynchronize(slot.copied)
        _ = cuda.memFreeHost(slot.pointer)
        _ = cuda.eventDestroy(slot.copied)
      }
      slots[index] = nil
    }
    for pointer in outgrown { _ = cuda.memFreeHost(pointer) }
    outgrown = []
  }

  /// Fills the next piece from `source`, once `waiting` says that it is copied, and has `copy` begin to copy it on `stream`.
  ///
  /// - Returns: The event that says that it is copied; nothing if there is no memory for it or it can't be copied.
  func send(
    _ source: UnsafeRawPointer, bytes: Int, on stream: caffe_cu_stream, waiting: (caffe_cu_event) -> Bool,
    _ copy: (UnsafeRawPointer) -> Int32
  ) -> caffe_cu_event? {
    guard let slot = slot(of: bytes, waiting) else { return nil }
    slot.pointer.copyMemory(from: source, byteCount: bytes)
    guard copy(UnsafeRawPointer(slot.pointer)) == 0, cuda.eventRecord(slot.copied, stream) == 0 else { return nil }
    return slot.copied
  }

  private func slot(of bytes: Int, _ waiting: (caffe_cu_event) -> Bool) -> Slot? {
    let index = next
    next = (next + 1) % slots.count
    var pointer: UnsafeMutableRawPointer?
    var event: caffe_cu_event?
    var outgrownBytes = 0
    if let slot = slots[index] {
      guard waiting(slot.copied) else { return nil }
      if slot.bytes >= bytes { return slot }
      outgrown.append(slot.pointer)
      outgrownBytes = slot.bytes
      slots[index] = nil
      // Somebody may be about to wait for it.
      event = slot.copied
    }
    // Twice what there was at least, so that what is kept is no more than what is used.
    let rounded = (max(bytes, 2 * outgrownBytes) + 4095) / 4096 * 4096
    guard cuda.memHostAlloc(&pointer, rounded, 0) == 0, let pointer else {
      if let event { _ = cuda.eventDestroy(event) }
      return nil
    }
    guard event != nil || cuda.eventCreate(&event, UInt32(CAFFE_CU_EVENT_DISABLE_TIMING)) == 0, let event else {
      _ = cuda.memFreeHost(pointer)
      return nil
    }
    let slot = Slot(pointer: pointer, bytes: rounded, copied: event)
    slots[index] = slot
    return slot
  }
}
