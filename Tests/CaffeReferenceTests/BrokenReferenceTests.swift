import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A hyperbolic tangent that is off by a ten-thousandth.
private final class SlightlyWrong: Layer {
  override class var typeName: String { "TanH" }
  override class var ports: Ports { Ports(bottoms: 1...1, tops: 1...1) }

  override func reshape(bottom: [Blob], top: [Blob]) throws { top[0].reshape(to: bottom[0].shape) }

  override func forward(bottom: [Blob], top: [Blob]) throws {
    engine.map(.tanh, input: bottom[0].data, output: top[0].data, count: top[0].count)
    engine.axpby(0, top[0].data, 1.0001, top[0].data, count: top[0].count)
  }

  override func backward(top: [Blob], propagateDown: [Bool], bottom: [Blob]) throws {
    engine.mapBackward(
      .tanh, input: bottom[0].data, output: top[0].data, outputGradient: top[0].diff, inputGradient: bottom[0].diff,
      count: top[0].count)
  }
}

/// Makes one value of every convolution a little wrong.
private final class Saboteur: EngineListener {
  func finished(_ operation: EngineOperation, writing buffers: [Buffer?]) {
    guard operation == .convolutionForward, let output = buffers.first ?? nil else { return }
    output[output.count / 2] *= 1.001
  }
}

/// The check itself, on the cases of this repository.
struct BrokenReferenceTests {
  private func reference(_ name: String) throws -> ReferenceCase {
    try #require(ReferenceCase(folder: "\(ReferenceFolder.fixtures)/layers/\(name)"))
  }

  @Test func aWrongLayerFails() throws {
    var registry = LayerRegistry.standard
    registry.register(SlightlyWrong.self)
    let outcome = try reference("tanh").run(on: ReferenceEngine(), registry: registry)
    #expect(outcome.verdict == .failed)
    #expect(outcome.line.hasPrefix("reference tanh reference FAILED "))
    #expect((outcome.difference ?? 0) > 1)
  }

  @Test func aWrongEngineFails() throws {
    let outcome = try reference("conv_basic").run(on: ForwardingEngine(ReferenceEngine(), listener: Saboteur()))
    #expect(outcome.verdict == .failed)
    #expect(try reference("conv_basic").run(on: ReferenceEngine()).verdict == .ok)
  }

  @Test func aTypeThatIsNotThereIsSkipped() throws {
    let outcome = try reference("tanh").run(on: ReferenceEngine(), registry: LayerRegistry([]))
    #expect(outcome.line == "reference tanh reference skipped - no layer type Input, TanH")
  }

  @Test func anIncompleteFolderIsPassedOver() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("caffe-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appendingPathComponent("half"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data().write(to: folder.appendingPathComponent("half/net.prototxt"))
    #expect(ReferenceCase.all(in: folder.path).isEmpty)
  }

  @Test func aDamagedCaseFails() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("caffe-\(UUID().uuidString)")
    try FileManager.default.copyItem(atPath: "\(ReferenceFolder.fixtures)/layers/tanh", toPath: folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("tensors.safetensors")
    try Data(try Data(contentsOf: file).prefix(200)).write(to: file)
    let outcome = try #require(ReferenceCase(folder: folder.path)).run(on: ReferenceEngine())
    #expect(outcome.verdict == .failed)
    #expect(outcome.difference == .infinity)
  }

  @Test func everyCaseOfTheRepositoryIsComplete() {
    #expect(ReferenceCase.all(in: "\(ReferenceFolder.fixtures)/layers").count >= 110)
  }
}
