import CCaffe
import CaffeABI
import Testing

/// A layer in C functions: y = factor · x, where the factor is a parameter, from `param_str` at the start.
@Suite(.serialized) struct CallbackLayerTests {
  init() throws {
    var callbacks = caffe_layer_callbacks()
    callbacks.create = { _, info, instance in
      guard let text = info?.pointee.param_str, let factor = Float(String(cString: text)) else {
        caffe_set_error(caffe_status(CAFFE_ERROR_VALUE), "param_str is no number")
        return 1
      }
      let place = UnsafeMutablePointer<Float>.allocate(capacity: 1)
      place.initialize(to: factor)
      instance?.pointee = UnsafeMutableRawPointer(place)
      return 0
    }
    callbacks.set_up = { instance, call in
      guard let call = call?.pointee, let factor = instance?.load(as: Float.self) else { return 1 }
      var parameter: caffe_blob_t?
      let added = caffe_layer_add_parameter(call.layer, [1], 1, &parameter)
      return added == CAFFE_OK ? caffe_blob_write(parameter, Int32(CAFFE_DATA), [factor], 1) : added
    }
    callbacks.reshape = { _, call in
      guard let call = call?.pointee, call.bottom_count == 1, call.top_count == 1 else { return 2 }
      var (shape, axes) = ([Int64](repeating: 0, count: 32), Int64(0))
      let known = caffe_blob_shape(call.bottoms[0], &shape, 32, &axes)
      return known == CAFFE_OK ? caffe_blob_reshape(call.tops[0], shape, axes) : known
    }
    callbacks.forward = { instance, call in
      guard let call = call?.pointee, let factor = instance?.load(as: Float.self) else { return 1 }
      var (source, target): (caffe_view_t?, caffe_view_t?) = (nil, nil)
      var (from, to): (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?) = (nil, nil)
      var count: Int64 = 0
      defer {
        caffe_view_free(source)
        caffe_view_free(target)
      }
      let read = caffe_blob_view(call.bottoms[0], Int32(CAFFE_DATA), &source, &from, &count)
      let written = caffe_blob_view(call.tops[0], Int32(CAFFE_DATA), &target, &to, nil)
      guard read == CAFFE_OK, written == CAFFE_OK, let from, let to else { return 1 }
      for index in 0..<Int(count) { to[index] = factor * from[index] }
      return 0
    }
    callbacks.destroy = { $0?.deallocate() }
    try check(caffe_register_layer("Times", &callbacks, nil))
  }

  private func net(_ factor: String) -> String {
    """
    layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 2 dim: 3 } } }
    layer { name: "times" type: "Times" bottom: "x" top: "y" python_param { param_str: "\(factor)" } }
    layer { name: "relu" type: "ReLU" bottom: "y" top: "z" }
    """
  }

  @Test func aLayerOfFunctionsComputes() throws {
    let net = try CNet(net("10"))
    try net.blob("x").set([1, -2, 3, 4, 5, -6])
    let output = try net.blob("z").view()
    try net.forward()
    #expect(output.all == [10, 0, 30, 40, 50, 0])
    #expect(try net.parameter(1, 0).values() == [10])
    try net.blob("x").reshape([1, 1])
    try net.blob("x").set([7])
    try net.forward()
    #expect(try net.blob("z").shape == [1, 1])
    #expect(try net.blob("z").values() == [70])
  }

  @Test func whatAFunctionRefusesIsTheNetsError() throws {
    let found = try failure { _ = try CNet(net("ten")) }
    #expect(found.code == CAFFE_ERROR_CALLBACK && found.message == "param_str is no number" && found.layer == "times")
  }

  @Test func theTypeIsListed() throws {
    var (count, name): (Int64, UnsafePointer<CChar>?) = (0, nil)
    try check(caffe_layer_type_count(&count))
    let names = try (0..<count).map { index in
      try check(caffe_layer_type_name(index, &name))
      return name.map { String(cString: $0) } ?? ""
    }
    #expect(names.contains("Times") && names.contains("Convolution") && names == names.sorted())
    #expect(caffe_layer_type_name(count, &name) == CAFFE_ERROR_ARGUMENT)
  }

  @Test func parametersAreOnlyAddedInSetUp() throws {
    let net = try CNet(net("2"))
    var blob: caffe_blob_t?
    #expect(caffe_layer_add_parameter(net.handle, [1], 1, &blob) == CAFFE_ERROR_HANDLE)
    #expect(blob == nil)
  }
}
