import CKernels
import CaffeCore

extension CPUEngine: NormalizationOps {
  /// Prepares local response normalisation.
  public func planLRN(_ spec: LRNSpec) -> any LRNPlan { CPULRN(spec, engine: self) }
}

/// Local response normalisation; across channels in lanes where the input is. A block of lanes of images looks like an
/// image that is sixteen times as large; lanes of channels have kernels of their own.
private final class CPULRN: LRNPlan {
  private let spec: LRNSpec
  private let engine: CPUEngine
  /// What the power was taken of in the last forward, in its form.
  private var scale: AlignedMemory
  private var form: Form

  init(_ spec: LRNSpec, engine: CPUEngine) {
    self.spec = spec
    self.engine = engine
    form = .plain(spec.images * spec.channels * spec.height * spec.width)
    scale = AlignedMemory(count: 0)
  }

  func forward(input: Buffer, output: Buffer) {
    let count = spec.images * spec.channels * spec.height * spec.width
    form = .plain(count)
    let imageLanes = LanesForm(rows: spec.images, values: count / max(spec.images, 1))
    if spec.region == .acrossChannels, let lanes = input.lanesForm, lanes == imageLanes || isOfChannels(lanes) {
      form = .lanes(lanes)
    }
    if scale.count < form.count { scale = AlignedMemory(count: form.count) }
    let x = engine.read(input, form)
    let y = engine.write(output, form)
    let scale = scale.pointer
    switch spec.region {
    case .acrossChannels where isSideBySide: forwardSideBySide(x, y)
    case .acrossChannels:
      eachImage { offset, inner, first, last in
        caffe_lrn_across(
          x + offset, y + offset, scale + offset, Int32(self.spec.channels), inner, Int32(self.spec.size),
          self.spec.alpha, self.spec.beta, self.spec.k, first, last)
      }
    case .withinChannel:
      eachPlane { _, offset in
        caffe_lrn_within(
          x + offset, y + offset, scale + offset, Int32(self.spec.height), Int32(self.spec.width),
          Int32(self.spec.size), self.spec.alpha, self.spec.beta, self.spec.k)
      }
    }
    engine.finish(output, form)
  }

  func backward(input: Buffer, output: Buffer, outputGradient: Buffer, inputGradient: Buffer) {
    let x = engine.read(input, form)
    let dy = engine.read(outputGradient, form)
    switch spec.region {
    case .acrossChannels where isSideBySide:
      let y = engine.read(output, form)
      backwardSideBySide(x, y, dy, engine.write(inputGradient, form))
    case .acrossChannels: backwardAcross(x, engine.read(output, form), dy, inputGradient)
    case .withinChannel: backwardWithin(x, dy, engine.write(inputGradient, form))
    }
    engine.finish(inputGradient, form)
  }

  private func backwardAcross(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, _ target: Buffer
  ) {
    let dx = engine.write(target, form)
    guard gradient == UnsafePointer(dx) else { return computeAcross(x, y, gradient, dx) }
    // Neighbouring channels need the gradients that would be overwritten.
    engine.workers.withRoom(for: form.count) { copy in
      engine.workers.split(form.count) { (copy + $0).update(from: gradient + $0, count: $1 - $0) }
      computeAcross(x, y, copy, dx)
    }
  }

  private func computeAcross(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ source: UnsafePointer<Float>,
    _ dx: UnsafeMutablePointer<Float>
  ) {
    let scale = scale.pointer
    eachImage { offset, inner, first, last in
      caffe_lrn_across_gradient(
        x + offset, y + offset, scale + offset, source + offset, dx + offset, Int32(self.spec.channels), inner,
        Int32(self.spec.size), self.spec.alpha, self.spec.beta, first, last)
    }
  }

  private func backwardWithin(
    _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    let scale = scale.pointer
    engine.workers.withRoom(for: form.count) { ratios in
      eachPlane { _, offset in
        caffe_lrn_within_gradient(
          x + offset, scale + offset, dy + offset, dx + offset, ratios + offset, Int32(self.spec.height),
          Int32(self.spec.width), Int32(self.spec.size), self.spec.alpha, self.spec.beta)
      }
    }
  }

  // MARK: - In lanes of channels

  /// Whether the channels fill the form.
  private func isOfChannels(_ form: LanesForm) -> Bool {
    let shape = ChannelSpec(outer: spec.images, channels: spec.channels, inner: spec.height * spec.width)
    return spec.channels % form.width == 0 && form == .channels(of: shape, width: form.width)
  }

  /// How many channels lie side by side, where they do.
  private var width: Int? {
    if case .lanes(let form) = form, isOfChannels(form) { form.width } else { nil }
  }

  private var isSideBySide: Bool { width != nil }

  private func forwardSideBySide(_ x: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
    let scale = scale.pointer
    let factor = spec.alpha / Float(spec.size)
    let normalize = width == 8 ? caffe_lrn_side_by_side_8 : caffe_lrn_side_by_side
    eachPlaceSideBySide { offset, line, size, places, first, last in
      normalize(
        x + offset, y + offset, scale + offset, line, Int32(self.spec.channels), places, size, factor, self.spec.beta,
        self.spec.k, first, last)
    }
  }

  private func backwardSideBySide(
    _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ dx: UnsafeMutablePointer<Float>
  ) {
    let scale = scale.pointer
    let factor = 2 * spec.alpha * spec.beta / Float(spec.size)
    let gradient = width == 8 ? caffe_lrn_side_by_side_gradient_8 : caffe_lrn_side_by_side_gradient
    eachPlaceSideBySide { offset, line, size, places, first, last in
      gradient(
        x + offset, y + offset, scale + offset, dy + offset, dx + offset, line, Int32(self.spec.channels), places, size,
        factor, self.spec.beta, first, last)
    }
  }

  /// Calls `body` for parts of the places of each image.
  private func eachPlaceSideBySide(
    _ body: (
      _ offset: Int, _ line: UnsafeMutablePointer<Float>, _ size: Int32, _ places: Int, _ first: Int, _ last: Int
    ) -> Void
  ) {
    let places = spec.height * spec.width
    // A wider window sees no further channel.
    let size = min(spec.size, 2 * spec.channels + 1)
    engine.workers.eachRowPart(spec.images, places, bytes: spec.channels * 16) { image, first, last in
      withScratch(Float.self, self.spec.channels + size - 1) { line in
        body(image * self.spec.channels * places, line, Int32(size), places, first, last)
      }
    }
  }

  // MARK: -

  /// Calls `body` for images, or blocks of lanes: where one begins, how large a plane is, and a part of the plane.
  private func eachImage(_ body: (_ offset: Int, _ inner: Int, _ first: Int, _ last: Int) -> Void) {
    var images = spec.images
    var inner = spec.height * spec.width
    if case .lanes(let form) = form {
      images = form.blocks
      inner *= 16
    }
    let pieces = max(min(4, inner / 256), 1)
    let piece = ((inner + pieces - 1) / pieces).roundedUp(to: 16)
    engine.workers.split(images * pieces, bytes: spec.channels * piece * 16, multiple: 1) { first, last in
      for i in first..<last {
        let start = i % pieces * piece
        guard start < inner else { continue }
        body(i / pieces * self.spec.channels * inner, inner, start, min(start + piece, inner))
      }
    }
  }

  private func eachPlane(_ body: (_ plane: Int, _ offset: Int) -> Void) {
    let size = spec.height * spec.width
    let window = min(spec.size, spec.height) * min(spec.size, spec.width)
    engine.workers.split(spec.images * spec.channels, bytes: size * window * 4, multiple: 1) {
      for plane in $0..<$1 { body(plane, plane * size) }
    }
  }
}
