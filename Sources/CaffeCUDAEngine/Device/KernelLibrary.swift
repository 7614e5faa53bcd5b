import CCUDA
import CaffeCore

/// The kernels of a device. When the first is asked for, all are compiled that aren't kept from before, once for all devices of a kind; each
/// file is loaded when the first of it is asked for.
final class KernelLibrary {
  private let libraries: CUDALibraries
  private let compiler: KernelCompiler
  private let context: caffe_cu_context
  private var images: [String: Result<[UInt8], CaffeError>] = [:]
  private var modules: [String: caffe_cu_module] = [:]
  private var functions: [Kernel: caffe_cu_function] = [:]

  init(_ libraries: CUDALibraries, context: caffe_cu_context, compiler: KernelCompiler) {
    self.libraries = libraries
    self.context = context
    self.compiler = compiler
  }

  deinit { for module in modules.values { _ = libraries.cuda.moduleUnload(module) } }

  /// The function to launch.
  func function(_ kernel: Kernel) throws -> caffe_cu_function {
    if let function = functions[kernel] { return function }
    let module = try module("\(kernel.file)")
    var function: caffe_cu_function?
    try libraries.check(
      libraries.cuda.moduleGetFunction(&function, module, "\(kernel.name)"), "find the kernel \(kernel.name)")
    guard let function else { throw CaffeError(.unsupported, "there is no kernel \(kernel.name)") }
    functions[kernel] = function
    return function
  }

  private func module(_ name: String) throws -> caffe_cu_module {
    if let module = modules[name] { return module }
    if images.isEmpty { images = libraries.shared.images(by: compiler) }
    guard let image = try images[name]?.get() else {
      throw CaffeError(.unsupported, "there are no kernels \"\(name)\"")
    }
    try libraries.check(libraries.cuda.contextSetCurrent(context), "use its context")
    var module: caffe_cu_module?
    try libraries.check(
      image.withUnsafeBytes { libraries.cuda.moduleLoadData(&module, $0.baseAddress) }, "load the kernels \"\(name)\"")
    guard let module else { throw CaffeError(.unsupported, "the kernels \"\(name)\" can't be loaded") }
    modules[name] = module
    return module
  }
}
