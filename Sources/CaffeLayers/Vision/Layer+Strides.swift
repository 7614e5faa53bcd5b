import CaffeCore
import CaffeNet

extension Layer {
  /// Logs that a stride is larger than what the kernel reaches over, where it is: some values then count for nothing.
  ///
  /// - Parameter consequence: What that means for the layer.
  func noteStride(_ stride: [Int], kernel: [Int], reach: [Int], _ consequence: String) {
    guard zip(stride, reach).contains(where: { $0 > $1 }) else { return }
    let size = reach == kernel ? "\(kernel)" : "\(kernel) with its dilation, which reaches over \(reach)"
    context.logger.info(
      "\(name): the stride \(stride) is larger than the kernel \(size), \(consequence)", at: "net.cpp:124")
  }

  /// The same for the kernel of `geometry`.
  func noteStride(of geometry: ConvolutionSpec, _ consequence: String = "so some values aren't read") {
    noteStride(geometry.stride, kernel: geometry.kernel, reach: geometry.reach, consequence)
  }
}
