import CCaffe
import CaffeABI
import Testing

@Suite struct ViewTests {
  @Test func whatIsWrittenIsComputedWithAndWhatIsComputedIsSeen() throws {
    let net = try CNet(lineNet)
    let (input, output) = (try net.blob("x").view(), try net.blob("y").view())
    let weights = try net.parameter(1, 0).view()
    for value: Float in [1, 2, 3] {
      input.fill(value)
      weights.fill(value)
      try net.forward()
      #expect(output.all == [2 * value * value + 1])
    }
  }

  @Test func gradientsAreSeenToo() throws {
    let net = try CNet(lineNet)
    let (top, bottom) = (try net.blob("y").view(CAFFE_DIFF), try net.blob("x").view(CAFFE_DIFF))
    try net.forward()
    for value: Float in [1, 2] {
      top.fill(value)
      try check(caffe_net_backward(net.handle, -1, 0))
      #expect(bottom.all == [2 * value, 2 * value])
    }
  }

  @Test func aViewOutlivesItsNetAndAReshape() throws {
    var net: CNet? = try CNet(lineNet)
    try net?.blob("x").set([3, 4])
    let before = try #require(try net?.blob("x").view())
    try net?.blob("x").reshape([100, 2])
    let after = try #require(try net?.blob("x").view())
    #expect(before.values != after.values && after.count == 200)
    net = nil
    #expect(before.all == [3, 4])
    after.fill(1)
    #expect(after.all.allSatisfy { $0 == 1 } && before.all == [3, 4])
  }

  @Test func countsThatDoNotFitAreErrors() throws {
    let net = try CNet(lineNet)
    let blob = try net.blob("x")
    let found = try failure { try blob.set([1, 2, 3]) }
    #expect(found.code == CAFFE_ERROR_SHAPE && found.message.contains("3") && found.message.contains("2"))
    #expect(caffe_blob_write(blob.handle, 5, [1, 2], 2) == CAFFE_ERROR_ARGUMENT)
    #expect(caffe_blob_read(blob.handle, 0, nil, 2) == CAFFE_ERROR_ARGUMENT)
  }

  @Test func emptyBlobsHaveViews() throws {
    var handle: caffe_blob_t?
    try check(caffe_blob_create([0, 3], 2, &handle))
    let blob = CBlob(handle)
    #expect(try blob.view().count == 0)
    #expect(try blob.values() == [])
  }
}
