import CaffeCUDAEngine
import CaffeCore
import CaffeTestSupport
import Testing

/// Labels that are none, on a device.
struct CUDALabelTests {
  private let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 4, channels: 3, inner: 1), ignoredLabel: -1)
  private let probabilities = Buffer(Array(repeating: Float(1) / 3, count: 12))

  private func loss(_ labels: Buffer, on engine: any Engine) throws -> Buffer {
    let (loss, normalizer) = (Buffer(count: 1), Buffer(count: 1))
    try engine.softmaxLoss(
      spec, probabilities: probabilities, labels: labels, classWeights: nil, loss: loss, normalizer: normalizer)
    return loss
  }

  /// Labels that only the device has.
  private func computed(_ values: [Float], on engine: any Engine) -> Buffer {
    let labels = Buffer(count: values.count)
    engine.copy(Buffer(values), to: labels, count: values.count)
    return labels
  }

  @Test
  func labelsThatTheHostKnowsAreCheckedAtOnce() throws {
    let engine = try CUDAEngine.standIn()
    let error = #expect(throws: InvalidLabel.self) { try loss(Buffer([0, 1, 3, 2]), on: engine) }
    #expect(error?.position == 2)
    #expect(error?.value == 3)
    #expect(error?.classes == 3)
  }

  @Test(arguments: [3, 1.5, -2, .nan] as [Float])
  func labelsThatWereComputedAreReportedLater(_ label: Float) throws {
    let engine = try CUDAEngine.standIn()
    engine.begin("loss")
    _ = try loss(computed([0, label, -1, 2], on: engine), on: engine)
    let error = #expect(throws: CaffeError.self) { try engine.finish() }
    let message = try #require(error).message
    #expect(message.contains("position 1"), "\(message)")
    #expect(message.contains("3 classes"), "\(message)")
    #expect(error?.layer == "loss")
  }

  @Test
  func ignoredLabelsAreNoFault() throws {
    let engine = try CUDAEngine.standIn()
    let value = try loss(computed([0, -1, -1, 2], on: engine), on: engine).values[0]
    #expect(abs(value - 1.0986123) < 1e-5)
    try engine.finish()
  }
}
