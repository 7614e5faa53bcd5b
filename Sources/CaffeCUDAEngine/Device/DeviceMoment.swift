import CCUDA
import CaffeCore

/// A moment in a device's time: an event between what it was asked for before and after.
final class DeviceMoment: EngineMoment {
  private let device: CUDADevice
  private var event: caffe_cu_event?

  init(_ device: CUDADevice) {
    self.device = device
    device.submit()
    guard device.failure == nil else { return }
    device.makeCurrent()
    guard device.succeeds(device.libraries.cuda.eventCreate(&event, 0), "make an event"), let event else { return }
    _ = device.succeeds(device.libraries.cuda.eventRecord(event, device.stream), "record an event")
  }

  deinit { if let event { _ = device.libraries.cuda.eventDestroy(event) } }

  func duration(since earlier: any EngineMoment) -> Duration {
    guard let start = (earlier as? DeviceMoment)?.event, let event else { return .zero }
    var milliseconds: Float = 0
    guard device.succeeds(device.libraries.cuda.eventSynchronize(event), "do what it was asked for"),
      device.succeeds(device.libraries.cuda.eventElapsedTime(&milliseconds, start, event), "tell the time")
    else { return .zero }
    return .nanoseconds(Int64(Double(milliseconds) * 1e6))
  }
}
