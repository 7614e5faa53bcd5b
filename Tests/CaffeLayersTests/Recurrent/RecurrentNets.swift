import Caffe
import CaffeTestSupport

/// Nets of one recurrent layer `t` over the inputs `x`, `k`, if wanted `s`, and states.
struct RecurrentNet {
  var type: String
  var steps = 3
  var rows = 2
  var inputs = 2
  var outputs = 3
  var hasStaticInput = false
  /// How many states go in and out; none where they aren't exposed.
  var states = 0
  var fields =
    #"weight_filler { type: "uniform" min: -0.5 max: 0.5 } bias_filler { type: "uniform" min: -0.5 max: 0.5 }"#

  /// The net's text: the last states go to Silence layers, so that no gradient comes to them.
  var text: String {
    var text = "force_backward: true\n" + input("x", [steps, rows, inputs]) + input("k", [steps, rows])
    if hasStaticInput { text += input("s", [rows, 2]) }
    for state in 0..<states { text += input("start\(state)", [1, rows, outputs]) }
    text += "layer { name: \"t\" type: \"\(type)\" bottom: \"x\" bottom: \"k\""
    if hasStaticInput { text += " bottom: \"s\"" }
    for state in 0..<states { text += " bottom: \"start\(state)\"" }
    text += " top: \"y\""
    for state in 0..<states { text += " top: \"end\(state)\"" }
    text += " recurrent_param { num_output: \(outputs) expose_hidden: \(states > 0) \(fields) } }\n"
    for state in 0..<states {
      text += "layer { name: \"silence\(state)\" type: \"Silence\" bottom: \"end\(state)\" }\n"
    }
    return text
  }

  /// The net, its inputs filled; sequences begin where `goesOn` is 0.
  func make(_ goesOn: [Float], engine: any Engine = ReferenceEngine()) throws -> Net {
    let net = try makeNet(text, engine: engine)
    var random = RandomStream(seed: 5, stream: 1)
    for name in ["x", "s"] + (0..<states).map({ "start\($0)" }) {
      guard let blob = net.blob(named: name) else { continue }
      try blob.setData(random.values(blob.count))
    }
    try net.blob(named: "k")?.setData(goesOn)
    return net
  }

  /// What is wrong with the gradients of all inputs and parameters.
  func gradientFailures(_ goesOn: [Float], engine: any Engine) throws -> [String] {
    let net = try make(goesOn, engine: engine)
    var blobs = (["x", "s"] + (0..<states).map { "start\($0)" }).compactMap { name in
      net.blob(named: name).map { (name: name, blob: $0) }
    }
    for (index, blob) in (net.layer(named: "t")?.blobs ?? []).enumerated() {
      blobs.append(("parameter \(index)", blob))
    }
    return try NetGradientCheck().failures(of: net, blobs: blobs)
  }

  /// The layer's outputs for all steps at once, and for the same steps one batch each, carried on.
  func wholeAndInParts(engine: any Engine) throws -> (whole: [Float], parts: [Float]) {
    let whole = try make([Float](repeating: 1, count: steps * rows), engine: engine)
    try whole.forward()
    var single = self
    single.steps = 1
    let parts = try single.make([Float](repeating: 1, count: rows), engine: engine)
    for (from, to) in zip(whole.layer(named: "t")?.blobs ?? [], parts.layer(named: "t")?.blobs ?? []) {
      try to.setData(from.data.values)
    }
    try parts.blob(named: "s")?.setData(whole.blob(named: "s")?.data.values ?? [])
    let x = whole.blob(named: "x")?.data.values ?? []
    var outputs: [Float] = []
    for step in 0..<steps {
      try parts.blob(named: "x")?.setData(Array(x[step * rows * inputs..<(step + 1) * rows * inputs]))
      try parts.forward()
      outputs += parts.blob(named: "y")?.data.values ?? []
    }
    return (whole.blob(named: "y")?.data.values ?? [], outputs)
  }
}

/// Whether sums come to the same.
func agree(_ got: [Float], _ want: [Float]) -> Bool { Tolerance.sums.worstDifference(got: got, want: want).passed }
