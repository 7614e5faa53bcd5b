import Caffe
import CaffeTestSupport
import Testing

/// What may be wrong in a solver file: each says what was found and what to do.
struct SolverErrorTests {
  @Test(arguments: [
    (#"type: "Adagrad""#, #"there is no solver of type "Adagrad"; did you mean "AdaGrad"?"#),
    (#"type: "ADAM""#, #"there is no solver of type "ADAM"; did you mean "Adam" or "AdamW"?"#),
    (#"type: "SDG""#, #"did you mean "SGD""#),
    ("average_loss: 0", "average_loss: 0 in the solver; give 1 or more"),
    ("iter_size: 0", "iter_size: 0 in the solver; give 1 or more"),
    ("display: -1", "display: -1 in the solver; give 0 or more"),
    ("max_iter: -5", "max_iter: -5 in the solver"),
    ("snapshot: -5", "snapshot: -5 in the solver; give 0 or more"),
    ("test_iter: -2 test_interval: 1", "test_iter: -2 in the solver; give 0 or more"),
    ("test_iter: 2 test_interval: -1", "test_interval: -1 in the solver; give 0 or more"),
    ("iter_size: -3", "iter_size: -3 in the solver; give 1 or more"),
    ("base_lr: nan", "base_lr: nan in the solver; give a finite number, 0 or more"),
    ("base_lr: -0.1", "base_lr: -0.1 in the solver; give a finite number, 0 or more"),
    ("weight_decay: -1", "weight_decay: -1 in the solver"),
    ("clip_gradients: inf", "clip_gradients: inf in the solver"),
    ("momentum: 1", "momentum: 1 in the solver; give a number from 0 up to but not including 1, often 0.9"),
    ("momentum: -0.9", "momentum: -0.9 in the solver"),
    (#"type: "Nesterov" momentum: nan"#, "momentum: nan in the solver"),
    (#"type: "AdaGrad" momentum: 0.9"#, "momentum: 0.9 cannot be used with AdaGrad; remove it"),
    (#"type: "RMSProp" momentum: 0.9"#, "momentum: 0.9 cannot be used with RMSProp; remove it"),
    (#"type: "RMSProp" rms_decay: 1.5"#, "rms_decay: 1.5 in the solver; give a number from 0"),
    (#"type: "Adam" momentum2: 1"#, "momentum2: 1 in the solver"),
    (#"type: "AdamW" momentum2: -0.5"#, "momentum2: -0.5 in the solver"),
    (#"type: "AdaDelta" momentum: 2"#, "momentum: 2 in the solver"),
    (#"type: "AdaDelta" delta: 0"#, "delta: 0 in the solver; give a number above 0"),
    (#"type: "Adam" delta: -1e-8"#, "delta: -1e-08 in the solver"),
    (#"type: "AdaGrad" delta: inf"#, "delta: inf in the solver"),
    (#"lr_policy: "stepp" gamma: 0.1"#, #"there is no lr_policy "stepp"; did you mean "step""#),
    (#"lr_policy: "multistep" gamma: 0.1"#, "needs the field stepvalue"),
    (#"regularization_type: "L3""#, #"there is no regularization_type "L3"; there are "L1" and "L2""#),
    ("snapshot: 5", "has no snapshot_prefix"),
    ("test_iter: 1", "no test_interval"),
    ("test_iter: 1 test_interval: 1 test_state {} test_state {}", "2 test_state for 1 test nets"),
    (#"test_net: "net.prototxt" test_interval: 1"#, "0 test_iter for 1 test nets"),
    (#"train_net: "net.prototxt""#, "more than one net to train"),
    (#"weights: "none.caffemodel""#, "none.caffemodel")
  ])
  func wrongFields(fields: String, message: String) throws {
    let length = fields.contains("max_iter") ? "" : "max_iter: 1"
    let found = try TinyTraining().message("\(length) \(fields)")
    #expect(found.contains(message), "\(found)")
  }

  @Test func aMissingRateIsAnError() throws {
    let file = try NetReader.parseSolver(text: #"net: "net.prototxt" lr_policy: "fixed" max_iter: 1"#)
    let error = #expect(throws: CaffeError.self) { try Solver(file.solver, context: TinyTraining().context) }
    #expect(error?.message.contains("the solver has no base_lr") == true, "\(error?.message ?? "")")
  }

  @Test func aTestNetWithoutBatchesIsLeftOut() throws {
    let training = try TinyTraining()
    let solver = try training.solver("max_iter: 2 test_iter: 0 test_iter: 1 test_interval: 1")
    #expect(try solver.test().map(\.testNet) == [1])
    #expect(
      training.log.texts(from: "solver.cpp:190").contains { $0.hasPrefix("test_iter: 0: test net #0 isn't tested") })
  }

  @Test func layerWiseReduceIsAccepted() throws {
    #expect(try TinyTraining().message("max_iter: 1 layer_wise_reduce: false").isEmpty)
  }

  @Test func aSolverWithoutANet() throws {
    #expect(try TinyTraining().message("", net: "").contains("no net to train; give one of net, net_param"))
  }

  @Test func testIterWithoutATestNet() throws {
    let message = try TinyTraining().message("test_iter: 10 test_interval: 5", net: #"train_net: "net.prototxt""#)
    #expect(message.contains("1 test_iter for 0 test nets"))
    #expect(message.contains("give one test_iter for each test net"))
  }

  @Test func aMissingNetFile() throws {
    let message = try TinyTraining().message("max_iter: 1", net: #"net: "absent.prototxt""#)
    #expect(message.contains("absent.prototxt"))
    #expect(message.contains("No such file"))
  }

  @Test func errorsNameTheSolverFile() throws {
    let training = try TinyTraining()
    try training.folder.write(#"net: "net.prototxt" lr_policy: "fast""#, to: "solver.prototxt")
    let error = #expect(throws: CaffeError.self) {
      try Solver(file: "solver.prototxt", context: training.context)
    }
    #expect(error?.location?.file == "solver.prototxt")
  }
}
