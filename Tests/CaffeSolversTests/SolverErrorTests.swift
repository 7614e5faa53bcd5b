import Caffe
import CaffeTestSupport
import Testing

/// What may be wrong in a solver file: each says what was found and what to do.
struct SolverErrorTests {
  @Test(arguments: [
    (#"type: "Adagrad""#, #"there is no solver of type "Adagrad""#),
    (#"type: "SDG""#, #"did you mean "SGD""#),
    ("average_loss: 0", "average_loss: 0 in the solver; give 1 or more"),
    ("iter_size: 0", "iter_size: 0 in the solver; give 1 or more"),
    ("display: -1", "display: -1 in the solver; give 0 or more"),
    ("max_iter: -5", "max_iter: -5 in the solver"),
    ("base_lr: nan", "base_lr: nan in the solver; give a finite number"),
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
