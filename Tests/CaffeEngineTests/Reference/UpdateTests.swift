import Caffe
import CaffeTestSupport
import Testing

/// The formulas of the solver's steps with numbers worked out by hand.
struct UpdateTests {
  private struct Outcome {
    let weights: [Float]
    let falls: [Float]
    let histories: [[Float]]
  }

  /// One step of two weights, 4 and −4, with a scaled and decayed gradient of 3 and 1.
  private func outcome(_ formula: UpdateFormula, rate: Float = 0.5, histories: [[Float]]) -> Outcome {
    let step = UpdateStep(rate: rate, weightDecay: 0.25, gradientScale: 2)
    let (w, g) = (Buffer([4, -4]), Buffer([1, 1]))
    let kept = histories.map { Buffer($0) }
    ReferenceEngine().update(formula, step, weights: w, gradient: g, histories: kept, count: 2)
    return Outcome(weights: w.values, falls: g.values, histories: kept.map(\.values))
  }

  @Test func sgdAddsToItsLastStep() {
    let got = outcome(.sgd(momentum: 0.5), histories: [[2, 2]])
    // 0.5 · 2 + 0.5 · 3 and 0.5 · 2 + 0.5 · 1.
    #expect(got.histories == [[2.5, 1.5]])
    #expect(got.falls == [2.5, 1.5])
    #expect(got.weights == [1.5, -5.5])
  }

  @Test func nesterovLooksAhead() {
    let got = outcome(.nesterov(momentum: 0.5), histories: [[2, 2]])
    #expect(got.histories == [[2.5, 1.5]])
    // 1.5 · 2.5 − 0.5 · 2 and 1.5 · 1.5 − 0.5 · 2.
    #expect(got.falls == [2.75, 1.25])
    #expect(got.weights == [1.25, -5.25])
  }

  @Test func adaGradDividesByTheRootOfAllSquares() {
    let got = outcome(.adaGrad(delta: 1), histories: [[7, 8]])
    // 7 + 9 = 16; 8 + 1 = 9; 0.5 · 3 / (4 + 1) and 0.5 · 1 / (3 + 1).
    #expect(got.histories == [[16, 9]])
    #expect(got.falls == [0.3, 0.125])
  }

  @Test func rmsPropDividesByTheRootOfTheMeanSquare() {
    let got = outcome(.rmsProp(decay: 0.5, delta: 1), histories: [[23, 7]])
    // 0.5 · 23 + 0.5 · 9 = 16; 0.5 · 7 + 0.5 · 1 = 4; 0.5 · 3 / 5 and 0.5 · 1 / 3.
    #expect(got.histories == [[16, 4]])
    #expect(got.falls == [0.3, Float(0.5 / 3.0)])
  }

  @Test func adaDeltaScalesByItsOwnChanges() {
    let got = outcome(.adaDelta(momentum: 0.5, delta: 1), histories: [[21, 5], [3, 0]])
    // Squares: 15 and 3. Changes: 3 · √(4 / 16) = 1.5 and 1 · √(1 / 4) = 0.5. Their squares: 0.5 · 3 + 0.5 · 2.25, 0.5 · 0.25.
    #expect(got.histories == [[15, 3], [2.625, 0.125]])
    #expect(got.falls == [0.75, 0.25])
  }

  @Test func adamDividesTheMeanByTheRootOfTheMeanSquare() {
    let numbers = AdamNumbers(momentum: 0.5, momentum2: 0.75, delta: 1, correction: 2)
    let got = outcome(.adam(numbers), histories: [[1, 1], [9, 5]])
    // Means: 2 and 1. Mean squares: 0.75 · 9 + 0.25 · 9 = 9; 0.75 · 5 + 0.25 = 4. 0.5 · 2 · 2 / (3 + 1), 0.5 · 2 · 1 / (2 + 1).
    #expect(got.histories == [[2, 1], [9, 4]])
    #expect(got.falls == [0.5, Float(1 / 3.0)])
  }

  @Test func aDecoupledDecayLeavesTheMeansAlone() {
    let numbers = AdamNumbers(momentum: 0.5, momentum2: 0.75, delta: 1, correction: 2, isDecayDecoupled: true)
    let got = outcome(.adam(numbers), histories: [[2, 2], [4, 4]])
    // The gradient is 2 for both: means 2, mean squares 4, 0.5 · 2 · 2 / 3; then 0.5 · 0.25 · 4 pulls either to 0.
    #expect(got.histories == [[2, 2], [4, 4]])
    #expect(got.falls == [Float(2 / 3.0 + 0.5), Float(2 / 3.0 - 0.5)])
  }

  @Test func l1DecayPullsByTheSign() {
    let step = UpdateStep(rate: 1, weightDecay: 0.25, regularization: .l1)
    let w = Buffer([4, -4, 0])
    ReferenceEngine().update(
      .sgd(momentum: 0), step, weights: w, gradient: Buffer(count: 3), histories: [Buffer(count: 3)], count: 3)
    #expect(w.values == [3.75, -3.75, 0])
  }
}
