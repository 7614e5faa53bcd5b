import CCUDA
import CaffeCore

extension CUDAEngine: PictureOps {
  /// Makes windows of pictures into values; the bytes are a quarter of what values would be to copy.
  public func transformPictures(_ spec: PictureSpec, bytes: Buffer, places: Buffer, mean: Buffer?, output: Buffer) {
    let count = spec.count * spec.windowCount
    guard count > 0 else { return }
    let (pictures, windows, means) = (read(bytes), read(places), mean.map { read($0) } ?? 0)
    let target = write(output, count)
    let kind: Int32 = spec.mean == .none ? 0 : spec.mean == .perChannel ? 1 : 2
    let shape = caffe_gpu_pictures(
      height: Int32(spec.height), width: Int32(spec.width), channelCount: caffe_gpu_divisor(spec.channels),
      outputHeight: caffe_gpu_divisor(spec.outputHeight), outputWidth: caffe_gpu_divisor(spec.outputWidth), mean: kind,
      scale: spec.scale)
    device.launch(.transformPictures, .over(count), shape, pictures, windows, means, target, count)
  }
}

extension Kernel {
  fileprivate static let transformPictures = Kernel("pictures", "transform_pictures")
}
