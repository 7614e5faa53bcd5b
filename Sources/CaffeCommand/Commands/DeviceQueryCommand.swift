import ArgumentParser
import Caffe

/// `caffe device_query`: what there is to compute on.
struct DeviceQueryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "device_query", abstract: "Shows what there is to compute on.",
    discussion: """
      The processor and the CPU engine's libraries, then NVIDIA's libraries and GPUs. With --gpu=N or --gpu=all it shows those GPUs, and \
      fails where they can't be used.
      """)

  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags
  @OptionGroup(visibility: .hidden) var net: NetFlags
  @OptionGroup(visibility: .hidden) var train: TrainFlags

  func run(_ session: Session) throws {
    let survey = session.gpus.survey()
    if let list = machine.gpus.list {
      let wanted = try DeviceReport.devices(survey, list)
      show(DeviceReport.libraries(survey) + wanted.flatMap(DeviceReport.device))
      if let broken = wanted.first(where: { $0.fault != nil }) {
        throw CaffeError(.unsupported, "--gpu=\(list): GPU \(broken.ordinal) can't be used: \(broken.fault ?? "")")
      }
      return try DeviceReport.checkLibraries(survey, list)
    }
    let engine = try (machine.engine == .reference ? .reference : EngineName.cpu).make(threads: machine.threads)
    show(DeviceReport.processor(engine) + DeviceReport.libraries(survey) + DeviceReport.allDevices(survey))
  }

  private func show(_ rows: [DeviceReport.Row]) { Platform.write(DeviceReport.text(rows), to: Platform.standardOutput) }
}

/// The rows of `caffe device_query`.
package enum DeviceReport {
  /// A title and what is there.
  package typealias Row = (title: String, value: String)

  /// The rows as lines.
  package static func text(_ rows: [Row]) -> String {
    let width = max(12, (rows.map(\.title.count).max() ?? 0) + 2)
    return rows.map { $0.title + String(repeating: " ", count: width - $0.title.count) + $0.value + "\n" }.joined()
  }

  static func processor(_ engine: any Engine) -> [Row] {
    let host = HostInformation()
    return [
      ("Processor", host.processor), ("Cores", "\(host.cores)"), ("SIMD", host.simd), ("Memory", host.memory),
      ("Engine", engine.name), ("Libraries", engine.summary)
    ]
  }

  /// NVIDIA's libraries; without a driver none of the others matters.
  package static func libraries(_ survey: CUDASurvey) -> [Row] {
    survey.libraries.enumerated().compactMap { index, library in
      let title = index == 0 ? "Driver" : library.name
      switch library.result {
      case .success(let opened): return (title, "\(opened.version) (\(opened.path))")
      case .failure(let error):
        if index > 0, case .failure = survey.libraries[0].result { return nil }
        return (title, library.isAbsent && !library.isNeeded ? "none, and none is needed" : "\(error)")
      }
    }
  }

  /// The devices that `list` names.
  ///
  /// - Throws: `CaffeError` when there are none, or not these.
  package static func devices(_ survey: CUDASurvey, _ list: GPUList) throws -> [CUDADeviceDescription] {
    do {
      let all = try survey.devices.get()
      guard case .numbered(let numbers) = list else { return all }
      return try numbers.map { number in
        guard number < all.count else { throw GPUs.noSuchDevice(number, count: all.count) }
        return all[number]
      }
    } catch var error as CaffeError {
      error.message = "--gpu=\(list): \(error.message)"
      throw error
    }
  }

  /// - Throws: `CaffeError` with the first library that is needed and can't be used.
  static func checkLibraries(_ survey: CUDASurvey, _ list: GPUList) throws {
    for library in survey.libraries where library.isNeeded {
      if case .failure(var error) = library.result {
        error.message = "--gpu=\(list): \(error.message)"
        throw error
      }
    }
  }

  /// All devices, or a row that says why there are none.
  package static func allDevices(_ survey: CUDASurvey) -> [Row] {
    switch survey.devices {
    case .success(let devices): devices.flatMap(device)
    case .failure(let error): [("GPU", hasDriver(survey) ? "none: \(error)" : "none")]
    }
  }

  /// A device, a few rows.
  package static func device(_ device: CUDADeviceDescription) -> [Row] {
    let free = device.freeMemory.map { "\(mebibytes($0)) free" } ?? "can't be used: \(device.fault ?? "")"
    return [
      ("GPU \(device.ordinal)", device.name),
      (
        "  Capability", "\(device.capability / 10).\(device.capability % 10), \(device.multiprocessors) multiprocessors"
      ),
      ("  Memory", "\(mebibytes(device.memory)), \(free)")
    ]
  }

  private static func hasDriver(_ survey: CUDASurvey) -> Bool {
    if case .failure? = survey.libraries.first?.result { return false }
    return true
  }

  private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
