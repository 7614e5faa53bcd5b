import CKernels
import CaffeCore

/// Values in lanes: `[rows / 16][values of a row][16]`, sixteen rows side by side, the last block filled up with zeros.
///
/// A row is an image, or one channel of one: what oneDNN calls nChw16c, or, with eight channels side by side, nChw8c.
final class LanesReplica: BufferReplica {
  /// The rows and the values of each.
  let form: LanesForm
  /// The values; room for whole blocks.
  let pointer: UnsafeMutablePointer<Float>

  private let memory: AlignedMemory
  private let workers: Workers

  /// Takes memory; its values are undefined.
  init(_ form: LanesForm, workers: Workers, from arena: MemoryArena? = nil) {
    self.form = form
    self.workers = workers
    memory = AlignedMemory(count: form.paddedCount, from: arena)
    pointer = memory.pointer
  }

  func park() { memory.park() }

  func reclaim() -> Bool { memory.reclaim() }

  func layout(of shape: Shape) -> String? {
    form.rows == shape.extents.first ? "lanes of images" : "lanes of channels"
  }

  /// Writes plain values.
  func store(to target: UnsafeMutableBufferPointer<Float>) {
    guard let plain = target.baseAddress, target.count == form.rows * form.values else { return }
    eachTile { block, rows, first, last in
      (self.form.width == 8 ? caffe_from_lanes_8 : caffe_from_lanes)(
        self.pointer + block * self.form.blockCount, plain + block * self.form.width * self.form.values, Int32(rows),
        self.form.values, first, last)
    }
  }

  /// Takes plain values.
  func load(from plain: UnsafePointer<Float>) {
    eachTile { block, rows, first, last in
      (self.form.width == 8 ? caffe_to_lanes_8 : caffe_to_lanes)(
        plain + block * self.form.width * self.form.values, self.pointer + block * self.form.blockCount, Int32(rows),
        self.form.values, first, last)
    }
  }

  /// Makes the lanes beyond the last row zero again.
  func clearTail() {
    // Channels fill their blocks.
    guard form.width == 16, form.rows % 16 != 0, !workers.rehearses else { return }
    caffe_clear_lanes(pointer + (form.blocks - 1) * form.blockCount, Int32(form.rows % 16), form.values)
  }

  private func eachTile(_ body: (_ block: Int, _ rows: Int, _ first: Int, _ last: Int) -> Void) {
    let form = form
    // Tiles of sixteen values of a block, counted over all blocks.
    let tiles = (form.values + 15) / 16
    workers.split(form.blocks * tiles, bytes: 128 * form.width, multiple: 1) { first, last in
      var tile = first
      while tile < last {
        let block = tile / tiles
        let end = min((block + 1) * tiles, last)
        body(
          block, min(form.width, form.rows - block * form.width), tile % tiles * 16,
          min((end - block * tiles) * 16, form.values))
        tile = end
      }
    }
  }
}

/// The extents of values in lanes.
struct LanesForm: Hashable {
  /// Images, or channels of all images.
  let rows: Int
  /// Values of a row.
  let values: Int
  /// Rows side by side: 16; of channels also 8, which fill whole blocks.
  var width = 16

  /// Blocks of rows.
  var blocks: Int { (rows + width - 1) / width }
  /// Floats in a block.
  var blockCount: Int { values * width }
  /// Floats in all blocks.
  var paddedCount: Int { blocks * blockCount }
  /// Whether there is a whole block and at most a quarter of all lanes is empty.
  var isWellFilled: Bool { rows >= 16 && (blocks * 16 - rows) * 4 <= blocks * 16 }
}

extension Buffer {
  /// The form of the values where they are up to date in lanes.
  var lanesForm: LanesForm? { (currentReplica as? LanesReplica)?.form }

  /// The values in lanes for reading, converted if they aren't up to date.
  func lanesForReading(_ form: LanesForm, _ workers: Workers) -> UnsafePointer<Float> {
    if let lanes = currentReplica as? LanesReplica, lanes.form == form { return UnsafePointer(lanes.pointer) }
    let plain = hostForReading()
    let lanes = lanesMemory(form, workers)
    lanes.load(from: plain)
    attach(lanes)
    return UnsafePointer(lanes.pointer)
  }

  /// Room for values in lanes, all of which the caller sets; other forms become stale.
  func lanesForOverwriting(_ form: LanesForm, _ workers: Workers) -> UnsafeMutablePointer<Float> {
    let lanes = lanesMemory(form, workers)
    replaceValues(with: lanes)
    return lanes.pointer
  }

  /// Makes the lanes beyond the last row zero again, after they were written.
  func clearLanesTail() { (currentReplica as? LanesReplica)?.clearTail() }

  private func lanesMemory(_ form: LanesForm, _ workers: Workers) -> LanesReplica {
    if let lanes = storedReplica as? LanesReplica, lanes.form == form { return lanes }
    return LanesReplica(form, workers: workers, from: arena)
  }
}
