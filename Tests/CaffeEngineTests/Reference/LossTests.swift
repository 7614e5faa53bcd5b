import CaffeCore
import CaffeReferenceEngine
import CaffeTestSupport
import Foundation
import Testing

struct ReferenceLossTests {
  private let engine = ReferenceEngine()

  private func loss(_ spec: SoftmaxLossSpec, _ p: [Float], _ labels: [Float]) throws -> (loss: Float, divisor: Float) {
    let (loss, normalizer) = (Buffer.dirty(1), Buffer.dirty(1))
    try engine.softmaxLoss(
      spec, probabilities: Buffer(p), labels: Buffer(labels), classWeights: nil, loss: loss, normalizer: normalizer)
    return (loss[0], normalizer[0])
  }

  @Test(
    arguments: zip([SoftmaxLossSpec.Normalization.full, .valid, .batchSize, .none], [Float(4), 3, 2, 1]))
  func dividesByItsNormalization(_ normalization: SoftmaxLossSpec.Normalization, _ divisor: Float) throws {
    let spec = SoftmaxLossSpec(
      shape: ChannelSpec(outer: 2, channels: 2, inner: 2), ignoredLabel: 9, normalization: normalization)
    let p: [Float] = [0.5, 0.25, 0.5, 0.75, 0.125, 0.5, 0.875, 0.5]
    let result = try loss(spec, p, [0, 0, 0, 9])
    #expect(result.divisor == divisor)
    #expect(abs(result.loss - Float(log(64.0)) / divisor) < 1e-6)
  }

  @Test
  func neverDividesByLessThanOne() throws {
    let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 2, channels: 2, inner: 1), ignoredLabel: 1)
    #expect(try loss(spec, [0.5, 0.5, 0.5, 0.5], [1, 1]) == (0, 1))
  }

  @Test
  func impossibleProbabilitiesCostTheLogarithmOfTheSmallestNumber() throws {
    let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 1, channels: 2, inner: 1))
    #expect(abs(try loss(spec, [0, 1], [0]).loss - 87.336_54) < 1e-4)
  }

  @Test(arguments: [-1, 2, 0.5, Float.nan, Float.infinity])
  func refusesLabelsThatAreNoClass(_ label: Float) throws {
    let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 3, channels: 2, inner: 1), ignoredLabel: 255)
    let error = try #require(throws: InvalidLabel.self) {
      try loss(spec, [0.5, 0.5, 0.5, 0.5, 0.5, 0.5], [255, 1, label])
    }
    #expect(error.position == 2)
    #expect(error.value == label || error.value.isNaN)
    #expect(error.classes == 2)
  }

  @Test
  func gradientIsTheDifferenceFromTheLabel() {
    let spec = SoftmaxLossSpec(shape: ChannelSpec(outer: 2, channels: 2, inner: 1), ignoredLabel: 7)
    let dx = Buffer.dirty(4)
    engine.softmaxLossBackward(
      spec, probabilities: Buffer([0.25, 0.75, 0.5, 0.5]), labels: Buffer([1, 7]), classWeights: nil,
      lossGradient: Buffer([3]), normalizer: Buffer([2]), inputGradient: dx)
    #expect(dx.values == [0.375, -0.375, 0, 0])
  }

  private func accuracy(_ scores: [Float], _ labels: [Float], topK: Int) throws -> (all: Float, perClass: [Float]) {
    let channels = scores.count / labels.count
    let spec = AccuracySpec(
      shape: ChannelSpec(outer: labels.count, channels: channels, inner: 1), topK: topK, ignoredLabel: 99)
    let (result, shares) = (Buffer.dirty(1), Buffer.dirty(channels))
    try engine.accuracy(spec, scores: Buffer(scores), labels: Buffer(labels), result: result, perClass: shares)
    return (result[0], shares.values)
  }

  @Test
  func countsLabelsAmongTheHighestScores() throws {
    let scores: [Float] = [1, 2, 3, 3, 2, 1, 1, 3, 2, 9, 9, 9]
    let one = try accuracy(scores, [2, 1, 2, 99], topK: 1)
    #expect(one.all == Float(1) / 3)
    #expect(one.perClass == [0, 0, 0.5])
    let two = try accuracy(scores, [2, 1, 2, 99], topK: 2)
    #expect(two.all == 1)
    #expect(two.perClass == [0, 1, 1])
  }

  @Test
  func aTiedScoreCountsAsHigher() throws {
    #expect(try accuracy([5, 5, 1], [0], topK: 1).all == 0)
    #expect(try accuracy([5, 5, 1], [1], topK: 1).all == 0)
    #expect(try accuracy([5, 5, 1], [0], topK: 2).all == 1)
  }

  @Test
  func withoutLabelsTheAccuracyIsZero() throws {
    #expect(try accuracy([5, 5, 1], [99], topK: 1).all == 0)
  }

  @Test
  func softmaxSumsToOneWithoutOverflow() {
    let y = Buffer.dirty(4)
    engine.softmax(
      ChannelSpec(outer: 1, channels: 2, inner: 2), input: Buffer([1000, 0, 1000, Float(log(3.0))]), output: y)
    #expect(zip(y.values, [0.5, 0.25, 0.5, 0.75]).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
