import CCaffe
import CaffeABI
import CaffeTestSupport
import Testing

@Suite struct HandleTests {
  @Test func theLibrarySaysItsVersion() {
    #expect(caffe_version().map { String(cString: $0) } == "0.1.0")
    #expect(caffe_abi_version() == 1)
    #expect(String(cString: caffe_status_name(caffe_status(CAFFE_ERROR_SHAPE))) == "shape")
    #expect(String(cString: caffe_status_name(-3)) == "unknown")
  }

  @Test func aFreedHandleIsAnErrorAndNoCrash() throws {
    let net = try CNet(lineNet)
    let handle = net.handle
    caffe_net_free(handle)
    caffe_net_free(handle)
    let found = try failure { try check(caffe_net_forward(handle, 0, -1, nil)) }
    #expect(found.code == CAFFE_ERROR_HANDLE && found.message.contains("freed"))
    // The place is used again; the old handle still means nothing.
    let other = try CNet(lineNet)
    #expect(other.handle != handle)
    #expect(caffe_net_forward(handle, 0, -1, nil) == CAFFE_ERROR_HANDLE)
  }

  @Test func handlesOfAnotherKindAndNonsenseAreErrors() throws {
    let net = try CNet(lineNet)
    let blob = try net.blob("x")
    let kind = try failure { try check(caffe_net_forward(blob.handle, 0, -1, nil)) }
    #expect(kind.code == CAFFE_ERROR_HANDLE && kind.message.contains("blob") && kind.message.contains("net"))
    caffe_net_free(blob.handle)
    #expect(try blob.shape == [1, 2])
    #expect(caffe_net_forward(nil, 0, -1, nil) == CAFFE_ERROR_HANDLE)
    for bits in [1, 77, 0x7FFF_0000_1234, -1, Int.min] {
      #expect(caffe_net_forward(caffe_net_t(bitPattern: bits), 0, -1, nil) == CAFFE_ERROR_HANDLE)
    }
  }

  @Test func nullPointersAndWrongIndicesAreErrors() throws {
    let net = try CNet(lineNet)
    #expect(caffe_net_open(nil, 0, 0, nil, 0, &net.handle) == CAFFE_ERROR_ARGUMENT)
    #expect(caffe_net_parse(lineNet, nil, 7, 0, nil, 0, &net.handle) == CAFFE_ERROR_ARGUMENT)
    #expect(caffe_net_parse(lineNet, nil, 0, 0, nil, 3, &net.handle) == CAFFE_ERROR_ARGUMENT)
    #expect(caffe_net_blob_count(net.handle, nil) == CAFFE_ERROR_ARGUMENT)
    var name: UnsafePointer<CChar>?
    for index: Int64 in [-1, 2, .max, .min] {
      #expect(caffe_net_blob_name(net.handle, index, &name) == CAFFE_ERROR_ARGUMENT)
      #expect(caffe_net_forward(net.handle, index, -1, nil) == CAFFE_ERROR_ARGUMENT)
      #expect(index == -1 || caffe_net_backward(net.handle, index, 0) == CAFFE_ERROR_ARGUMENT)
    }
    #expect(caffe_blob_create([1, -2], 2, nil) == CAFFE_ERROR_ARGUMENT)
    var blob: caffe_blob_t?
    #expect(caffe_blob_create([1, -2], 2, &blob) == CAFFE_ERROR_SHAPE)
    #expect(caffe_blob_create([1], 99, &blob) == CAFFE_ERROR_ARGUMENT)
    #expect(caffe_set_threads(-1) == CAFFE_ERROR_ARGUMENT)
    #expect(blob == nil)
  }

  @Test func errorsSayLayerFileAndLine() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("name: \"a\"\nlayer { name: \"b\" type: \"Nonsense\" }\n", to: "net.prototxt")
    var net: caffe_net_t?
    let found = try failure { try check(caffe_net_open(file, Int32(CAFFE_TEST), 0, nil, 0, &net)) }
    #expect(found.code == CAFFE_ERROR_GRAPH && found.layer == "b" && found.file == file && found.line == 2)
    let missing = try failure { try check(caffe_net_open(folder.file("none"), 1, 0, nil, 0, &net)) }
    #expect(missing.code == CAFFE_ERROR_FILE && missing.file == folder.file("none"))
    #expect(net == nil)
  }
}
