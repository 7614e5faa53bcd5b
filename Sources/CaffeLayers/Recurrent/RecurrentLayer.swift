import CaffeCore
import CaffeNet
import CaffeProto

/// What recurrent layers have in common: a projection of all time steps at once, one of the values before in each step, an
/// input that is the same for all steps, and a state that carries on from batch to batch.
///
/// Subclasses say how a step makes hidden values of its projected inputs. Rows of a step are the sequences side by side.
package class RecurrentLayer: Layer {
  /// The checked message.
  struct Spec {
    var outputs: Int
    var exposesHidden: Bool
    var hasStaticInput: Bool
    var weightFiller: Filler
    var biasFiller: Filler
  }

  /// The sizes of a batch.
  struct Sizes: Equatable {
    var steps: Int
    var rows: Int
    var outputs: Int
    /// Projected values of a row, a multiple of the outputs.
    var projected: Int

    /// Values of a step.
    var step: Int { rows * outputs }
    /// Projected values of a step.
    var projectedStep: Int { rows * projected }
  }

  /// How many states there are: the hidden values, for an LSTM the cells too.
  class var stateCount: Int { 1 }
  /// How many projected values a hidden one is made of.
  class var gateCount: Int { 1 }

  package override class var ports: Ports { Ports(bottoms: 2...3 + stateCount, tops: 1...1 + stateCount) }

  let spec: Spec
  private(set) var sizes = Sizes(steps: 0, rows: 0, outputs: 0, projected: 0)
  /// The projected inputs of all steps, and their gradients.
  let projected = Buffer()
  let projectedGradient = Buffer()
  /// The states that a batch starts with and those that it ends with, each sequences × outputs.
  private(set) var startStates: [Buffer] = []
  private(set) var endStates: [Buffer] = []

  private var inputs = 0
  private var staticInputs = 0
  private var inputPlan = PlanCache<InnerProductSpec, any InnerProductPlan>()
  private var staticPlan = PlanCache<InnerProductSpec, any InnerProductPlan>()
  /// What a static input adds to every step, and its gradient.
  private let staticPart = Buffer()
  /// The hidden values before each step, zeros where a sequence begins.
  private let hiddenBefore = Buffer()
  /// The gradient of a step's `hiddenBefore`.
  private let beforeGradient = Buffer()
  private let ones = Buffer()

  /// Checks `recurrent_param` and how many bottoms and tops there are.
  package required init(_ parameter: LayerParameter, context: Context) throws {
    let message = parameter.recurrentParam
    guard message.numOutput > 0, message.numOutput <= UInt32(Int32.max) / 4 else {
      throw CaffeError(
        .field, "num_output is \(message.numOutput); give the number of hidden values, 1 or more", layer: parameter.name
      )
    }
    let states = message.exposeHidden ? Self.stateCount : 0
    spec = Spec(
      outputs: Int(message.numOutput), exposesHidden: message.exposeHidden,
      hasStaticInput: parameter.bottom.count > 2 + states,
      weightFiller: try Filler(message.weightFiller, layer: parameter.name),
      biasFiller: try Filler(message.biasFiller, layer: parameter.name))
    try super.init(parameter, context: context)
    let (bottoms, tops) = (parameter.bottom.count, parameter.top.count)
    guard (2 + states...3 + states).contains(bottoms), tops == 1 + states else {
      let hidden = message.exposeHidden ? "with" : "without"
      throw error(
        .graph,
        "has \(bottoms) bottoms and \(tops) tops; \(hidden) expose_hidden it takes \(2 + states) bottoms, or \(3 + states) with a "
          + "static input, and \(1 + states) top\(states == 0 ? "" : "s")")
    }
  }

  package override func allowsForcedBackward(to index: Int) -> Bool { index != 1 }

  // MARK: - Shapes and parameters

  /// The parameter of the hidden values' projection.
  var recurrentIndex: Int { spec.hasStaticInput ? 3 : 2 }
  /// The bottom of the first given state.
  var firstStateBottom: Int { spec.hasStaticInput ? 3 : 2 }

  package override func setUp(bottom: [Blob], top: [Blob]) throws {
    try checkBottoms(bottom)
    let outputs = Self.gateCount * spec.outputs
    inputs = bottom[0].shape.count(from: 2)
    blobs = [try weights(outputs, inputs, "weights"), try makeParameter([outputs], spec.biasFiller, purpose: "bias")]
    if spec.hasStaticInput {
      staticInputs = bottom[2].shape.count(from: 1)
      blobs.append(try weights(outputs, staticInputs, "static weights"))
    }
    blobs.append(try weights(outputs, spec.outputs, "recurrent weights"))
  }

  /// Makes weights of this shape.
  func weights(_ outputs: Int, _ inputs: Int, _ purpose: String) throws -> Blob {
    try makeParameter(Shape(validating: [outputs, inputs]), spec.weightFiller, purpose: purpose)
  }

  package override func reshape(bottom: [Blob], top: [Blob]) throws {
    try checkBottoms(bottom)
    try checkVectors(bottom)
    let shape = bottom[0].shape
    let made = Sizes(
      steps: shape[0], rows: shape[1], outputs: spec.outputs, projected: Self.gateCount * spec.outputs)
    let all = try Shape(validating: [made.steps, made.rows, made.projected])
    top[0].reshape(to: try Shape(validating: [made.steps, made.rows, made.outputs]))
    for blob in top.dropFirst() { blob.reshape(to: [1, made.rows, made.outputs]) }
    let rows = made.steps * made.rows
    try inputPlan.prepare(InnerProductSpec(rows: rows, inputs: inputs, outputs: made.projected)) {
      try engine.planInnerProduct($0)
    }
    if spec.hasStaticInput {
      try staticPlan.prepare(InnerProductSpec(rows: made.rows, inputs: staticInputs, outputs: made.projected)) {
        try engine.planInnerProduct($0)
      }
    }
    if made.rows != sizes.rows || startStates.isEmpty { clearStates(count: made.step) }
    sizes = made
    for buffer in [projected, projectedGradient] { buffer.resize(to: all.count) }
    hiddenBefore.resize(to: made.steps * made.step)
    beforeGradient.resize(to: made.step)
    staticPart.resize(to: made.projectedStep)
    ones.resize(to: made.rows)
  }

  private func clearStates(count: Int) {
    startStates = (0..<Self.stateCount).map { _ in Buffer(count: count) }
    endStates = (0..<Self.stateCount).map { _ in Buffer(count: count) }
  }

  /// Makes `values`, one array for each state, the states to start the next batch with.
  func setStates(_ values: [[Float]]) {
    clearStates(count: values[0].count)
    sizes.rows = values[0].count / spec.outputs
    for (state, values) in zip(endStates, values) { state.set(values) }
  }

  private func checkBottoms(_ bottom: [Blob]) throws {
    let shape = bottom[0].shape
    guard shape.axisCount >= 2, shape[0] > 0, shape[1] > 0 else {
      throw error(
        .shape, "bottom 0 has the shape \(shape); expected time steps × sequences × …, at least one of each")
    }
    guard bottom[1].shape.extents == [shape[0], shape[1]] else {
      throw error(
        .shape,
        "bottom 1, where sequences go on, has the shape \(bottom[1].shape), but bottom 0 has \(shape); expected "
          + "\(shape[0]) × \(shape[1])")
    }
    if spec.hasStaticInput, bottom[2].shape.axisCount == 0 || bottom[2].shape[0] != shape[1] {
      throw error(
        .shape,
        "bottom 2, the static input, has the shape \(bottom[2].shape), but bottom 0, of shape \(shape), has \(shape[1]) sequences; "
          + "expected \(shape[1]) × …")
    }
    for index in firstStateBottom..<max(firstStateBottom, bottom.count) {
      guard bottom[index].shape.extents == [1, shape[1], spec.outputs] else {
        throw error(
          .shape,
          "bottom \(index), a state to start with, has the shape \(bottom[index].shape); expected 1 × \(shape[1]) × "
            + "\(spec.outputs)")
      }
    }
  }

  /// The first two parameters and that of a static input were made for vectors of these sizes.
  private func checkVectors(_ bottom: [Blob]) throws {
    func check(_ index: Int, _ count: Int, _ wanted: Int) throws {
      guard count != wanted else { return }
      throw error(
        .shape,
        "bottom \(index) has the shape \(bottom[index].shape), \(count) values for a sequence; its weights need \(wanted): keep "
          + "that part of the input's shape")
    }
    try check(0, bottom[0].shape.count(from: 2), inputs)
    if spec.hasStaticInput { try check(2, bottom[2].shape.count(from: 1), staticInputs) }
  }

  // MARK: - Forward

  /// Sets the states to start with and projects the inputs of all steps.
  func start(_ bottom: [Blob]) {
    for index in startStates.indices {
      let source = spec.exposesHidden ? bottom[firstStateBottom + index].data : endStates[index]
      engine.copy(source, to: startStates[index], count: sizes.step)
    }
    inputPlan.plan?.forward(
      input: bottom[0].data, weights: blobs[0].data, bias: blobs[1].data, output: projected)
    guard spec.hasStaticInput else { return }
    staticPlan.plan?.forward(input: bottom[2].data, weights: blobs[2].data, bias: nil, output: staticPart)
    engine.fill(ones, count: sizes.rows, with: 1)
    for step in 0..<sizes.steps {
      engine.scaleRows(
        projectedRows, input: Operand(staticPart), factors: Operand(ones), beta: 1, output: projectedPlace(step))
    }
  }

  /// Adds to a step's projected inputs those of the hidden values before it, which `hidden` has of all steps.
  func addRecurrentPart(_ step: Int, hidden: Buffer, bottom: [Blob]) {
    let before = step == 0 ? Operand(startStates[0]) : Operand(hidden, offset: (step - 1) * sizes.step)
    let place = Operand(hiddenBefore, offset: step * sizes.step)
    engine.scaleRows(rows, input: before, factors: goesOn(bottom, step), beta: 0, output: place)
    let product = GemmSpec(
      rows: sizes.rows, columns: sizes.projected, inner: sizes.outputs, transposeB: true, beta: 1)
    engine.gemm(product, place, Operand(blobs[recurrentIndex].data), into: projectedPlace(step))
  }

  /// Keeps the values of the last step, one buffer with all steps for each state, for the next batch or as tops.
  func finish(_ states: [Buffer], top: [Blob]) {
    for (index, state) in states.enumerated() {
      engine.copyBlocks(fromStep(sizes.steps - 1), from: state, to: endStates[index])
      if spec.exposesHidden { engine.copy(endStates[index], to: top[1 + index].data, count: sizes.step) }
    }
  }

  // MARK: - Backward

  /// Sets `gradient`, of one step, to what reaches the step's hidden values from the tops and from the step after it.
  func collectHiddenGradient(_ step: Int, tops: Buffer, bottom: [Blob], into gradient: Buffer) {
    engine.copyBlocks(fromStep(step), from: tops, to: gradient)
    guard step + 1 < sizes.steps else { return }
    engine.scaleRows(
      rows, input: Operand(beforeGradient), factors: goesOn(bottom, step + 1), beta: 1, output: Operand(gradient))
  }

  /// Passes the gradient of a step's projected inputs on to the hidden values before it.
  func passToStepBefore(_ step: Int) {
    let product = GemmSpec(rows: sizes.rows, columns: sizes.outputs, inner: sizes.projected)
    engine.gemm(
      product, Operand(projectedGradient, offset: step * sizes.projectedStep),
      Operand(blobs[recurrentIndex].data), into: Operand(beforeGradient))
  }

  /// Makes of the gradient of all projected inputs those of the parameters, the inputs and the hidden values to start with.
  func finishBackward(_ propagateDown: [Bool], bottom: [Blob]) {
    if wantsGradient(ofParameter: recurrentIndex) {
      let product = GemmSpec(
        rows: sizes.projected, columns: sizes.outputs, inner: sizes.steps * sizes.rows, transposeA: true, beta: 1)
      engine.gemm(
        product, Operand(projectedGradient), Operand(hiddenBefore), into: Operand(blobs[recurrentIndex].diff))
    }
    let gradients = (0...1).map { wantsGradient(ofParameter: $0) ? blobs[$0].diff : nil }
    if gradients[0] != nil || gradients[1] != nil {
      inputPlan.plan?.backwardParameters(
        input: bottom[0].data, outputGradient: projectedGradient, weightGradient: gradients[0],
        biasGradient: gradients[1])
    }
    if propagateDown[0] {
      inputPlan.plan?.backwardData(
        outputGradient: projectedGradient, weights: blobs[0].data, inputGradient: bottom[0].diff)
    }
    if spec.hasStaticInput { finishStaticBackward(propagateDown, bottom) }
    if spec.exposesHidden, propagateDown[firstStateBottom] {
      engine.scaleRows(
        rows, input: Operand(beforeGradient), factors: goesOn(bottom, 0), beta: 0,
        output: Operand(bottom[firstStateBottom].diff))
    }
  }

  private func finishStaticBackward(_ propagateDown: [Bool], _ bottom: [Blob]) {
    for step in 0..<sizes.steps {
      engine.scaleRows(
        projectedRows, input: Operand(projectedGradient, offset: step * sizes.projectedStep), factors: Operand(ones),
        beta: step == 0 ? 0 : 1, output: Operand(staticPart))
    }
    if wantsGradient(ofParameter: 2) {
      staticPlan.plan?.backwardParameters(
        input: bottom[2].data, outputGradient: staticPart, weightGradient: blobs[2].diff, biasGradient: nil)
    }
    if propagateDown[2] {
      staticPlan.plan?.backwardData(
        outputGradient: staticPart, weights: blobs[2].data, inputGradient: bottom[2].diff)
    }
  }

  /// Throws when the gradient of `cont` is asked for.
  func checkGradients(_ propagateDown: [Bool]) throws {
    if propagateDown[1] { throw noGradient("where sequences go on (bottom 1) has no gradient") }
  }

  // MARK: - Places

  /// Hidden values of a step.
  var rows: RecurrentSpec { RecurrentSpec(rows: sizes.rows, length: sizes.outputs) }
  private var projectedRows: RecurrentSpec { RecurrentSpec(rows: sizes.rows, length: sizes.projected) }

  /// A step's projected inputs.
  func projectedPlace(_ step: Int) -> Operand { Operand(projected, offset: step * sizes.projectedStep) }

  /// A step's indicators of where sequences go on.
  func goesOn(_ bottom: [Blob], _ step: Int) -> Operand { Operand(bottom[1].data, offset: step * sizes.rows) }

  /// The copy of a step's hidden values out of those of all steps.
  func fromStep(_ step: Int) -> BlockCopySpec {
    BlockCopySpec(
      blocks: 1, length: sizes.step, sourceOffset: step * sizes.step, sourceStride: sizes.step,
      targetStride: sizes.step)
  }
}
