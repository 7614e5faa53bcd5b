import CCaffe
import CaffeABI
import CaffeTestSupport
import Testing

@Suite(.serialized) struct SolverFunctionTests {
  /// Learns y = 3 · x + 2; three test batches every ten iterations.
  private func solver(_ more: String = "") throws -> CSolver {
    try CSolver(
      """
      base_lr: 0.3 lr_policy: "fixed" max_iter: 40 test_iter: 3 test_interval: 10 display: 10 snapshot_after_train: false \(more)
      net_param {
        layer {
          name: "x" type: "DummyData" top: "x"
          dummy_data_param { shape { dim: 32 dim: 1 } data_filler { type: "uniform" min: -1 max: 1 } }
        }
        layer { name: "goal" type: "Power" bottom: "x" top: "goal" power_param { scale: 3 shift: 2 } }
        layer { name: "line" type: "InnerProduct" bottom: "x" top: "y" inner_product_param { num_output: 1 } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "goal" top: "loss" }
      }
      """)
  }

  @Test func aSolverTrainsAndItsNetsFollow() throws {
    let solver = try solver()
    let (net, test) = (try solver.net(), try solver.testNet(0))
    let weights = try test.parameter(3, 0).view()
    #expect(weights.all == [0])
    var outcome: Int32 = -1
    try check(caffe_solver_solve(solver.handle, nil, &outcome))
    #expect(outcome == Int32(CAFFE_FINISHED))
    #expect(try solver.iteration == 40)
    let learned = try net.parameter(3, 0).values()
    #expect(learned == weights.all && abs(learned[0] - 3) < 0.1)
    #expect(try net.forward() < 0.01)
  }

  @Test func theUpdateAloneFollowsTheGradientsThatAreThere() throws {
    let solver = try solver()
    let net = try solver.net()
    let weights = try net.parameter(3, 0).view()
    weights.fill(0)
    try net.parameter(3, 0).view(CAFFE_DIFF).fill(1)
    try check(caffe_solver_apply_update(solver.handle))
    #expect(abs(weights.all[0] + 0.3) < 1e-6)
    try check(caffe_solver_set_base_rate(solver.handle, 0.1))
    var rate: Float = 0
    try check(caffe_solver_rate(solver.handle, &rate))
    #expect(rate == 0.1)
    #expect(caffe_solver_set_base_rate(solver.handle, -1) == CAFFE_ERROR_VALUE)
    #expect(try solver.iteration == 1)
  }

  @Test func observersAreToldAndCanStop() throws {
    let solver = try solver()
    final class Seen {
      var begun = 0
      var displayed: [Int64] = []
      var tested: [String] = []
    }
    let seen = Seen()
    var observer = caffe_solver_observer()
    observer.user = Unmanaged.passUnretained(seen).toOpaque()
    observer.begins = { user in
      user.map { Unmanaged<Seen>.fromOpaque($0).takeUnretainedValue().begun += 1 }
      return 0
    }
    observer.displays = { user, iteration, _, _ in
      user.map { Unmanaged<Seen>.fromOpaque($0).takeUnretainedValue().displayed.append(iteration) }
      return 0
    }
    observer.tested = { user, _, _, count, names, _ in
      guard let user, count == 1, let name = names?[0] else { return 1 }
      Unmanaged<Seen>.fromOpaque(user).takeUnretainedValue().tested.append(String(cString: name))
      return 0
    }
    observer.request = { user in
      guard let user else { return 0 }
      return Unmanaged<Seen>.fromOpaque(user).takeUnretainedValue().begun >= 15 ? Int32(CAFFE_REQUEST_STOP) : 0
    }
    try check(caffe_solver_add_observer(solver.handle, &observer))
    var outcome: Int32 = -1
    try check(caffe_solver_solve(solver.handle, nil, &outcome))
    #expect(outcome == Int32(CAFFE_INTERRUPTED) && seen.begun == 15)
    #expect(seen.displayed == [0, 10] && seen.tested == ["loss", "loss"])
  }

  @Test func snapshotsAreWrittenAndGoneOnFrom() throws {
    let folder = try TemporaryFolder()
    let first = try solver("snapshot_prefix: \"\(folder.file("s"))\"")
    try check(caffe_solver_step(first.handle, 7))
    var state: UnsafeMutablePointer<CChar>?
    try check(caffe_solver_snapshot(first.handle, &state))
    defer { caffe_string_free(state) }
    let file = try #require(state.map { String(cString: $0) })
    #expect(file == folder.file("s_iter_7.solverstate"))
    let second = try solver()
    try check(caffe_solver_restore(second.handle, file))
    #expect(try second.iteration == 7)
    #expect(try second.net().parameter(3, 0).values() == first.net().parameter(3, 0).values())
    #expect(caffe_solver_restore(second.handle, folder.file("none")) == CAFFE_ERROR_FILE)
  }

  @Test func theTypeCanBeReplaced() throws {
    var handle: caffe_solver_t?
    let found = try failure {
      try check(caffe_solver_parse("base_lr: 1 lr_policy: \"fixed\"", nil, "Sorcery", &handle))
    }
    #expect(found.message.contains("Sorcery"))
    #expect(caffe_solver_step(nil, 1) == CAFFE_ERROR_HANDLE)
    let solver = try solver()
    #expect(caffe_solver_step(solver.handle, -1) == CAFFE_ERROR_ARGUMENT)
  }
}

/// A solver behind a handle, freed with its owner.
private final class CSolver {
  var handle: caffe_solver_t?

  init(_ text: String) throws { try check(caffe_solver_parse(text, nil, nil, &handle)) }

  deinit { caffe_solver_free(handle) }

  var iteration: Int64 {
    get throws {
      var iteration: Int64 = -1
      try check(caffe_solver_iteration(handle, &iteration))
      return iteration
    }
  }

  func net() throws -> CNet {
    var net: caffe_net_t?
    try check(caffe_solver_net(handle, &net))
    return CNet(handle: net)
  }

  func testNet(_ index: Int64) throws -> CNet {
    var net: caffe_net_t?
    try check(caffe_solver_test_net(handle, index, &net))
    return CNet(handle: net)
  }
}
