import CCUDA

/// Steps over parameters that are begun together: most have so few values that to start each takes longer than to do it.
struct UpdateBatch {
  /// What is the same for all of them.
  struct Key: Equatable {
    var function: caffe_cu_function
    var numbers: caffe_gpu_update_numbers

    static func == (a: Key, b: Key) -> Bool {
      let (x, y) = (a.numbers, b.numbers)
      return a.function == b.function && x.momentum == y.momentum && x.momentum2 == y.momentum2 && x.delta == y.delta
        && x.correction == y.correction && x.gradientScale == y.gradientScale && x.isL1 == y.isL1
        && x.isDecoupled == y.isDecoupled
    }
  }

  let key: Key
  private var parts: [caffe_gpu_update] = []
  private var addresses: Set<UInt64> = []
  private var blocks: Int32 = 0

  init(_ key: Key) { self.key = key }

  /// Adds a step, if it can be done together with the others: none of them may wait for another's values.
  mutating func add(_ part: caffe_gpu_update) -> Bool {
    let own = [part.weights, part.gradient, part.history.0, part.history.1].filter { $0 != 0 }
    guard parts.count < Int(CAFFE_UPDATES), addresses.isDisjoint(with: own) else { return false }
    addresses.formUnion(own)
    var part = part
    part.firstBlock = blocks
    blocks += Int32((Int(part.count) + Int(CAFFE_UPDATE_BLOCK) - 1) / Int(CAFFE_UPDATE_BLOCK))
    parts.append(part)
    return true
  }

  /// What the kernel takes.
  var arguments: caffe_gpu_updates {
    var updates = caffe_gpu_updates()
    updates.count = Int32(parts.count)
    withUnsafeMutableBytes(of: &updates.parts) { room in
      parts.withUnsafeBytes { room.copyMemory(from: $0) }
    }
    return updates
  }

  var shape: LaunchShape { .blocks(Int(blocks), of: 256) }
}

extension WorkQueue {
  /// Adds a step over a parameter, to those before it if they are alike.
  mutating func append(_ part: caffe_gpu_update, _ key: UpdateBatch.Key) {
    if openBatch?.key == key, openBatch?.add(part) == true { return }
    closeBatch()
    var batch = UpdateBatch(key)
    _ = batch.add(part)
    openBatch = batch
  }

  /// Adds the steps that wait for more of their kind, since something else follows them.
  mutating func closeBatch() {
    guard let batch = openBatch else { return }
    openBatch = nil
    append(batch.key.function, batch.shape, batch.arguments, batch.key.numbers)
  }
}
