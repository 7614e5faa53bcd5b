import ArgumentParser
import Caffe

/// `caffe device_query`: what there is to compute on.
struct DeviceQueryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "device_query", abstract: "Shows what there is to compute on.")

  @OptionGroup(title: "Machine") var machine: MachineFlags
  @OptionGroup(title: "Log") var log: LogFlags
  @OptionGroup(visibility: .hidden) var net: NetFlags
  @OptionGroup(visibility: .hidden) var train: TrainFlags

  func run(_ session: Session) throws {
    let engine = try session.context(machine, phase: .test).engine
    let host = HostInformation()
    let rows = [
      ("Processor", host.processor),
      ("Cores", "\(host.cores)"),
      ("SIMD", host.simd),
      ("Memory", host.memory),
      ("Engine", engine.name),
      ("Libraries", engine.summary),
      ("GPU", "none: this version has no GPU support")
    ]
    for (title, value) in rows {
      let padding = String(repeating: " ", count: 12 - title.count)
      Platform.write("\(title)\(padding)\(value)\n", to: Platform.standardOutput)
    }
  }
}
