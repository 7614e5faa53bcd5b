import Caffe

extension Session {
  /// The engine that `machine` asks for; the first of several GPUs, as in the original.
  func engine(_ machine: MachineFlags) throws -> any Engine {
    if let list = machine.gpus.list { return try gpu(list, machine, asked: "--gpu=\(list)") }
    if machine.engine == .cuda { return try gpu(.numbered([0]), machine, asked: "--engine=cuda") }
    return try (machine.engine ?? .cpu).make(threads: machine.threads)
  }

  /// What the flags ask for, else GPU `device`; where there is no GPU, the CPU, with a warning.
  func engine(_ machine: MachineFlags, orGPU device: Int?) throws -> any Engine {
    guard let device, machine.gpus.list == nil, machine.engine == nil else { return try engine(machine) }
    return try fallingBack(machine, "extracting", at: "extract_features.cpp:58") {
      [try gpu(.numbered([device]), machine, asked: "GPU")]
    }[0]
  }

  /// The engines that a training runs on: what the flags ask for, else what the solver does.
  ///
  /// A solver that asks for a GPU where there is none is trained on the CPU, with a warning.
  func engines(_ machine: MachineFlags, for solver: SolverParameter) throws -> [any Engine] {
    if let list = machine.gpus.list { return try gpus(list, machine, asked: "--gpu=\(list)") }
    guard machine.engine == nil, solver.hasSolverMode, solver.solverMode == .gpu else { return [try engine(machine)] }
    return try fallingBack(machine, "training", at: "caffe.cpp:190") {
      try gpus(.numbered([max(0, Int(solver.deviceID))]), machine, asked: "solver_mode: GPU")
    }
  }

  /// The engines that `body` gives; where it can't, the CPU's, with a warning.
  private func fallingBack(
    _ machine: MachineFlags, _ doing: String, at source: LogSource, _ body: () throws -> [any Engine]
  ) throws -> [any Engine] {
    do {
      return try body()
    } catch let error as CaffeError {
      logger.warning("\(error); \(doing) on the CPU", at: source)
      return [try EngineName.cpu.make(threads: machine.threads)]
    }
  }

  /// The engines of a list of GPUs.
  private func gpus(_ list: GPUList, _ machine: MachineFlags, asked: String) throws -> [CUDAEngine] {
    try asking(asked) {
      try gpus.engines(list, options: machine.gpus.options(gpus.options), logger: logger)
    }
  }

  /// The engine of the first of a list of GPUs.
  private func gpu(_ list: GPUList, _ machine: MachineFlags, asked: String) throws -> CUDAEngine {
    try asking(asked) {
      let ordinal = try gpus.ordinals(list).first ?? 0
      return try gpus.engine(ordinal, options: machine.gpus.options(gpus.options), logger: logger)
    }
  }

  /// Says in errors what was asked for.
  private func asking<Result>(_ asked: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch var error as CaffeError {
      error.message = "\(asked): \(error.message)"
      throw error
    }
  }

  /// Logs what computes, in the original's words.
  func say(_ engine: any Engine, cpu: LogSource, gpu: LogSource) {
    guard let device = engine as? CUDAEngine else { return logger.info("Use CPU.", at: cpu) }
    logger.info("Use GPU with device ID \(device.ordinal)", at: gpu)
    logger.info("GPU device name: \(device.deviceName)", at: gpu)
  }
}
