import CaffeCore

extension EngineCase {
  /// Convolutions of every kind, small.
  package static var convolutions: [EngineCase] {
    [
      convolution("convolution/3 x 3", .square(2, 3, 5, input: 8, kernel: 3)),
      convolution("convolution/padded", .square(2, 3, 5, input: 7, kernel: 3, padding: 1)),
      convolution("convolution/stride 2", .square(3, 4, 6, input: 9, kernel: 3, stride: 2, padding: 1)),
      convolution("convolution/stride larger than the kernel", .square(2, 3, 4, input: 10, kernel: 2, stride: 3)),
      convolution("convolution/stride 3, 2 x 2, 16 images", .square(16, 1, 4, input: 12, kernel: 2, stride: 3)),
      convolution("convolution/stride 3, 2 x 2, 20 channels", .square(17, 20, 50, input: 10, kernel: 2, stride: 3)),
      convolution("convolution/1 x 1, stride 3, 16 channels", .square(2, 16, 32, input: 9, kernel: 1, stride: 3)),
      convolution(
        "convolution/stride 4, groups, padded",
        .square(2, 32, 32, groups: 2, input: 9, kernel: 2, stride: 4, padding: 1)),
      convolution(
        "convolution/stride beyond the dilated kernel", .square(2, 3, 4, input: 12, kernel: 2, stride: 4, dilation: 2)),
      convolution("convolution/1 x 1", .square(2, 7, 9, input: 5, kernel: 1)),
      convolution("convolution/1 x 1, stride 2", .square(2, 7, 9, input: 5, kernel: 1, stride: 2)),
      convolution("convolution/1 x 1, padded", .square(2, 3, 4, input: 4, kernel: 1, padding: 1)),
      convolution("convolution/as large as the image", .square(3, 4, 10, input: 5, kernel: 5)),
      convolution("convolution/5 x 5, one channel", .square(4, 1, 6, input: 12, kernel: 5)),
      convolution("convolution/one output channel", .square(3, 5, 1, input: 8, kernel: 3)),
      convolution("convolution/one image", .square(1, 3, 8, input: 9, kernel: 3, padding: 1)),
      convolution("convolution/no images", .square(0, 3, 8, input: 9, kernel: 3)),
      convolution("convolution/16 images", .square(16, 2, 4, input: 6, kernel: 3)),
      convolution("convolution/17 images", .square(17, 3, 5, input: 7, kernel: 3)),
      convolution("convolution/33 images, 5 x 5", .square(33, 1, 5, input: 8, kernel: 5)),
      convolution("convolution/16 channels", .square(2, 16, 16, input: 6, kernel: 3, padding: 1)),
      convolution("convolution/20 channels to 50", .square(2, 20, 50, input: 7, kernel: 5)),
      convolution("convolution/32 channels to 16", .square(1, 32, 16, input: 5, kernel: 3, padding: 1)),
      convolution("convolution/2 groups", .square(2, 4, 6, groups: 2, input: 7, kernel: 3, padding: 1)),
      convolution("convolution/3 groups, stride", .square(2, 9, 6, groups: 3, input: 8, kernel: 3, stride: 2)),
      convolution("convolution/2 groups of 16", .square(1, 32, 32, groups: 2, input: 5, kernel: 3, padding: 1)),
      convolution("convolution/depthwise", .square(2, 6, 6, groups: 6, input: 7, kernel: 3, padding: 1)),
      convolution("convolution/depthwise, 2 of each", .square(2, 5, 10, groups: 5, input: 7, kernel: 3)),
      convolution("convolution/depthwise 16", .square(2, 16, 16, groups: 16, input: 6, kernel: 3, padding: 1)),
      convolution("convolution/dilated", .square(2, 3, 4, input: 9, kernel: 3, padding: 2, dilation: 2)),
      convolution(
        "convolution/dilated, stride, groups",
        .square(2, 4, 4, groups: 2, input: 12, kernel: 3, stride: 2, padding: 3, dilation: 3)),
      convolution("convolution/padding beyond the kernel", .square(2, 2, 3, input: 4, kernel: 2, padding: 3)),
      convolution("convolution/no bias", .square(2, 3, 5, input: 8, kernel: 3), bias: false)
    ] + rectangularConvolutions + [parametersApartConvolution]
  }

  private static var rectangularConvolutions: [EngineCase] {
    [
      convolution(
        "convolution/rectangular",
        ConvolutionSpec(
          images: 2, inputChannels: 3, outputChannels: 4, input: [9, 6], kernel: [5, 2], stride: [1, 2],
          padding: [2, 1], dilation: [1, 1])),
      convolution(
        "convolution/rectangular, dilated",
        ConvolutionSpec(
          images: 2, inputChannels: 2, outputChannels: 6, groups: 2, input: [7, 13], kernel: [1, 4], stride: [3, 1],
          padding: [0, 2], dilation: [1, 3])),
      convolution(
        "convolution/1 axis",
        ConvolutionSpec(
          images: 3, inputChannels: 4, outputChannels: 5, input: [17], kernel: [3], stride: [2], padding: [1],
          dilation: [2])),
      convolution(
        "convolution/3 axes",
        ConvolutionSpec(
          images: 2, inputChannels: 2, outputChannels: 3, input: [4, 5, 6], kernel: [2, 3, 2], stride: [1, 2, 1],
          padding: [1, 0, 1], dilation: [1, 1, 2])),
      convolution(
        "convolution/4 axes, 2 groups",
        ConvolutionSpec(
          images: 2, inputChannels: 2, outputChannels: 4, groups: 2, input: [3, 2, 4, 3], kernel: [2, 1, 3, 2],
          stride: [1, 1, 2, 1], padding: [0, 0, 1, 1], dilation: [1, 1, 1, 1])),
      convolution(
        "convolution/no axes",
        ConvolutionSpec(
          images: 3, inputChannels: 4, outputChannels: 5, input: [], kernel: [], stride: [], padding: [],
          dilation: []))
    ]
  }

  /// Layers of LeNet, CaffeNet, GoogLeNet and a MobileNet.
  package static var largeConvolutions: [EngineCase] {
    [
      convolution("LeNet/conv1, 64 images", .square(64, 1, 20, input: 28, kernel: 5), size: .large),
      convolution("LeNet/conv2, 64 images", .square(64, 20, 50, input: 12, kernel: 5), size: .large),
      convolution("LeNet/conv2, 100 images", .square(100, 20, 50, input: 12, kernel: 5), size: .large),
      convolution("CaffeNet/conv1", .square(2, 3, 96, input: 227, kernel: 11, stride: 4), size: .large),
      convolution("CaffeNet/conv2", .square(2, 96, 256, groups: 2, input: 27, kernel: 5, padding: 2), size: .large),
      convolution("CaffeNet/conv3", .square(2, 256, 384, input: 13, kernel: 3, padding: 1), size: .large),
      convolution("GoogLeNet/3a reduction", .square(4, 192, 96, input: 28, kernel: 1), size: .large),
      convolution(
        "MobileNet/depthwise", .square(4, 128, 128, groups: 128, input: 28, kernel: 3, padding: 1), size: .large)
    ]
  }

  package static func convolution(
    _ name: String, _ spec: ConvolutionSpec, bias: Bool = true, size: Size = .small
  ) -> EngineCase {
    EngineCase(name, size: size, operations: 3 * spec.operations) { engine, stream in
      let plan = try engine.planConvolution(spec)
      let x = stream.buffer(spec.images * spec.inputCount)
      let w = stream.buffer(spec.weightCount)
      let b = bias ? stream.buffer(spec.outputChannels) : nil
      let y = Buffer.dirty(spec.images * spec.outputCount)
      let dy = stream.buffer(y.count)
      let dx = Buffer.dirty(x.count)
      let dw = stream.buffer(w.count)
      let db = b.map { stream.buffer($0.count) }
      var inputs = [("input", x, dx), ("weights", w, dw)]
      if let b, let db { inputs.append(("bias", b, db)) }
      return EngineRun(
        EngineDerivative(inputs: inputs, output: y, outputGradient: dy) {
          plan.forward(input: x, weights: w, bias: b, output: y)
        } backward: {
          plan.backwardData(outputGradient: dy, weights: w, inputGradient: dx)
          plan.backwardParameters(input: x, outputGradient: dy, weightGradient: dw, biasGradient: db)
        })
    }
  }

  private static var parametersApartConvolution: EngineCase {
    EngineCase("convolution/gradients one at a time") { engine, stream in
      let spec = ConvolutionSpec.square(3, 2, 4, input: 6, kernel: 3)
      let plan = try engine.planConvolution(spec)
      let (x, dy) = (stream.buffer(3 * spec.inputCount), stream.buffer(3 * spec.outputCount))
      let (dw, db) = (stream.buffer(spec.weightCount), stream.buffer(4))
      return EngineRun([("gradient of weights", dw), ("gradient of bias", db)]) {
        plan.backwardParameters(input: x, outputGradient: dy, weightGradient: nil, biasGradient: db)
        plan.backwardParameters(input: x, outputGradient: dy, weightGradient: dw, biasGradient: nil)
        plan.backwardParameters(input: x, outputGradient: dy, weightGradient: nil, biasGradient: nil)
      }
    }
  }
}

extension ConvolutionSpec {
  /// Two axes alike.
  package static func square(
    _ images: Int, _ inputChannels: Int, _ outputChannels: Int, groups: Int = 1, input: Int, kernel: Int,
    stride: Int = 1, padding: Int = 0, dilation: Int = 1
  ) -> ConvolutionSpec {
    ConvolutionSpec(
      images: images, inputChannels: inputChannels, outputChannels: outputChannels, groups: groups,
      input: [input, input], kernel: [kernel, kernel], stride: [stride, stride], padding: [padding, padding],
      dilation: [dilation, dilation])
  }
}
