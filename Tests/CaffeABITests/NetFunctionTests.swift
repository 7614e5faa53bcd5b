import CCaffe
import CaffeABI
import CaffeTestSupport
import Testing

@Suite struct NetFunctionTests {
  @Test func aNetComputesForwardAndBackward() throws {
    let net = try CNet(lineNet)
    try net.blob("x").set([3, 4])
    try net.forward()
    #expect(try net.blob("y").values() == [15])
    try net.blob("y").set([1], CAFFE_DIFF)
    try check(caffe_net_backward(net.handle, -1, 0))
    #expect(try net.blob("x").values(CAFFE_DIFF) == [2, 2])
    #expect(try net.parameter(1, 0).values(CAFFE_DIFF) == [3, 4])
    try check(caffe_net_clear_gradients(net.handle))
    #expect(try net.parameter(1, 0).values(CAFFE_DIFF) == [0, 0])
  }

  @Test func namesTypesAndIndicesAreThere() throws {
    let net = try CNet(lineNet)
    var (count, name): (Int64, UnsafePointer<CChar>?) = (0, nil)
    try check(caffe_net_layer_count(net.handle, &count))
    #expect(count == 2)
    try check(caffe_net_layer_type(net.handle, 1, &name))
    #expect(name.map { String(cString: $0) } == "InnerProduct")
    var indices: [Int64] = [-1, -1]
    try check(caffe_net_indices(net.handle, Int32(CAFFE_OUTPUTS), 0, &indices, 2, &count))
    #expect(count == 1 && indices == [1, -1])
    var text: UnsafeMutablePointer<CChar>?
    try check(caffe_net_prototxt(net.handle, &text))
    defer { caffe_string_free(text) }
    #expect(text.map { String(cString: $0) }?.contains("num_output: 1") == true)
  }

  @Test func weightsAreSavedLoadedAndShared() throws {
    let folder = try TemporaryFolder()
    let first = try CNet(lineNet)
    try first.parameter(1, 0).set([5, 6])
    for (name, format) in [("w.caffemodel", CAFFE_FORMAT_BINARY), ("w.h5", CAFFE_FORMAT_BY_NAME)] {
      try check(caffe_net_save(first.handle, folder.file(name), Int32(format), 0))
      let second = try CNet(lineNet)
      try check(caffe_net_load(second.handle, folder.file(name)))
      #expect(try second.parameter(1, 0).values() == [5, 6])
    }
    let sharing = try CNet(lineNet)
    try check(caffe_net_share(sharing.handle, first.handle))
    let shared = try sharing.parameter(1, 0).view()
    try first.parameter(1, 0).set([7, 8])
    #expect(shared.all == [7, 8])
    shared.fill(1)
    try first.blob("x").set([1, 1])
    try first.forward()
    #expect(try first.blob("y").values() == [3])
    // Sharing both ways, and with itself, hangs nobody up.
    try check(caffe_net_share(first.handle, sharing.handle))
    try check(caffe_net_share(first.handle, first.handle))
  }

  @Test func hooksAreCalledAndCanEndAPass() throws {
    let net = try CNet(lineNet)
    final class Seen { var layers: [Int64] = [] }
    let seen = Seen()
    let user = Unmanaged.passUnretained(seen).toOpaque()
    let note: caffe_layer_hook = { user, layer in
      guard let user else { return 1 }
      Unmanaged<Seen>.fromOpaque(user).takeUnretainedValue().layers.append(layer)
      return 0
    }
    try check(caffe_net_add_hook(net.handle, Int32(CAFFE_BEFORE_FORWARD), note, user))
    try check(caffe_net_add_hook(net.handle, Int32(CAFFE_AFTER_BACKWARD), note, user))
    try net.forward()
    try check(caffe_net_backward(net.handle, -1, 0))
    #expect(seen.layers == [0, 1, 1, 0])
    let refuse: caffe_layer_hook = { _, _ in
      caffe_set_error(caffe_status(CAFFE_ERROR_VALUE), "enough")
      return 5
    }
    try check(caffe_net_add_hook(net.handle, Int32(CAFFE_AFTER_FORWARD), refuse, nil))
    let found = try failure { try net.forward() }
    #expect(found.code == CAFFE_ERROR_CALLBACK && found.message == "enough")
  }

  @Test func memoryDataIsGivenAsArrays() throws {
    let net = try CNet(
      """
      layer {
        name: "data" type: "MemoryData" top: "data" top: "label"
        memory_data_param { batch_size: 1 channels: 1 height: 1 width: 2 }
      }
      """)
    try check(caffe_net_set_memory_data(net.handle, [1, 2, 3, 4], 4, [7, 8], 2))
    try net.forward()
    try net.forward()
    #expect(try net.blob("data").values() == [3, 4])
    #expect(try net.blob("label").values() == [8])
    #expect(caffe_net_set_memory_data(net.handle, [1], 1, [1], 1) == CAFFE_ERROR_SHAPE)
    #expect(caffe_net_set_memory_data(net.handle, nil, -1, nil, 1) == CAFFE_ERROR_ARGUMENT)
    let other = try CNet(lineNet)
    #expect(caffe_net_set_memory_data(other.handle, [1], 1, [1], 1) == CAFFE_ERROR_UNSUPPORTED)
  }
}
