import CCUDA
import CaffeCore

/// What a loss's sum is divided by.
enum LossDivisor {
  case number(Double)
  /// How many labels count, at least 1.
  case valid
  /// What they weigh, 1 where that is nothing.
  case weight
}

extension CUDAEngine {
  /// How kernels read labels, and where they report those that are none.
  ///
  /// - Throws: `InvalidLabel` for one that the host knows, as what came from data.
  func labels(_ shape: ChannelSpec, _ labels: Buffer, ignored: Int? = nil) throws -> caffe_gpu_labels {
    if labels.isPlainCurrent { try shape.forEachLabel(labels.hostForReading(), ignored: ignored) { _, _ in } }
    return knownLabels(shape, ignored: ignored)
  }

  /// How kernels read labels that were looked at before.
  func knownLabels(_ shape: ChannelSpec, ignored: Int? = nil) -> caffe_gpu_labels {
    caffe_gpu_labels(
      inner: caffe_gpu_divisor(shape.inner), channelCount: caffe_gpu_divisor(shape.channels),
      channels: Int32(shape.channels),
      hasIgnored: ignored == nil ? 0 : 1, ignored: Float(ignored ?? 0), place: device.places.current,
      faults: device.faults.memory.address)
  }

  /// Where a kernel puts a loss; nothing when there is no memory.
  func loss(_ loss: Buffer, _ normalizer: Buffer?, by divisor: LossDivisor) -> caffe_gpu_loss? {
    guard let scratch = device.reductionScratch() else { return nil }
    var form = caffe_gpu_loss(
      loss: write(loss, 1), normalizer: normalizer.map { write($0, 1) } ?? 0, partials: scratch.partialAddress,
      counter: scratch.counterAddress, divisor: 1, divides: Int32(CAFFE_DIVIDES_BY_NUMBER))
    switch divisor {
    case .number(let number): form.divisor = number
    case .valid: form.divides = Int32(CAFFE_DIVIDES_BY_VALID)
    case .weight: form.divides = Int32(CAFFE_DIVIDES_BY_WEIGHT)
    }
    return form
  }
}

extension SoftmaxLossSpec.Normalization {
  func lossDivisor(all: Int, images: Int) -> LossDivisor {
    self == .valid ? .valid : .number(divisor(all: all, valid: 0, images: images))
  }
}

extension LaunchShape {
  /// Blocks that add up so many values; each has at least some for all of its threads.
  static func sum(over count: Int) -> LaunchShape { .blocks(min((count + 1023) / 1024, 1024), of: 256) }
}
