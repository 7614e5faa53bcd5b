import ArgumentParser
import Caffe

/// Flags about GPUs.
struct GPUFlags: ParsableArguments {
  @Option(name: .customLong("gpu"), help: "GPUs to use: 0, 0,1 or all (default: the CPU, or what the solver says).")
  var list: GPUList?
  @Option(
    help:
      "Round factors of products to ten bits of mantissa on the GPU: faster, about three right digits (default: false)."
  )
  var tf32: Bool = false
  @Option(help: "Use only methods on the GPU that give the same bits each time (default: false).")
  var deterministic: Bool = false
  @Option(help: "Start what comes again and again on the GPU as one CUDA graph (default: true).")
  var graph: Bool = true

  /// What engines for GPUs are to do, over `options`.
  func options(_ options: CUDAOptions) -> CUDAOptions {
    var options = options
    options.usesTF32 = tf32
    options.isDeterministic = deterministic
    options.usesGraphs = options.usesGraphs && graph
    return options
  }
}

extension GPUList: ExpressibleByArgument {
  /// Reads the flag's value; nil for what is no list of GPUs, which the parser then says.
  public init?(argument: String) {
    guard let list = try? GPUList(argument) else { return nil }
    self = list
  }
}
