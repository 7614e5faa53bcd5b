extension FuzzRecipes {
  /// Layers without bottoms, and the one that writes; files are those of `FuzzFiles`.
  static let inputs: [String: FuzzRecipe] = [
    "Input": { draw, _ in
      var layer = FuzzLayer("Input", tops: draw.integer(1...2))
      layer.set("input_param", "shape", text(draw.extents(0...5)))
      return layer
    },
    "DummyData": { draw, _ in
      var layer = FuzzLayer("DummyData", tops: draw.integer(1...2))
      layer.set("dummy_data_param", "shape", text(draw.extents(1...4)))
      if draw.boolean() { layer.set("dummy_data_param", "data_filler", draw.pick(fillers)) }
      return layer
    },
    "Parameter": { draw, _ in
      var layer = FuzzLayer("Parameter")
      layer.set("parameter_param", "shape", text(draw.extents(0...4)))
      return layer
    },
    "MemoryData": { draw, _ in
      var layer = FuzzLayer("MemoryData", tops: 2)
      for name in ["batch_size", "channels", "height", "width"] {
        layer.set("memory_data_param", name, draw.integer(1...4))
      }
      return layer
    },
    "Data": { draw, _ in
      var layer = FuzzLayer("Data", tops: draw.integer(1...2))
      layer.set("data_param", "source", "\"db\"")
      layer.set("data_param", "backend", "LMDB")
      layer.set("data_param", "batch_size", draw.integer(1...5))
      if draw.boolean() { layer.set("transform_param", "crop_size", draw.integer(1...4)) }
      if draw.boolean() { layer.set("transform_param", "mirror", draw.boolean()) }
      if draw.boolean() { layer.set("transform_param", "mean_value", draw.number(0...100)) }
      return layer
    },
    "HDF5Data": { draw, _ in
      var layer = FuzzLayer("HDF5Data", tops: draw.integer(1...2))
      layer.topNames = [0: "data", 1: "label"]
      layer.set("hdf5_data_param", "source", "\"list.txt\"")
      layer.set("hdf5_data_param", "batch_size", draw.integer(1...4))
      if draw.boolean() { layer.set("hdf5_data_param", "shuffle", draw.boolean()) }
      return layer
    },
    "ImageData": { draw, _ in
      var layer = FuzzLayer("ImageData", tops: draw.integer(1...2))
      layer.set("image_data_param", "source", "\"pictures.txt\"")
      layer.set("image_data_param", "batch_size", draw.integer(1...4))
      if draw.boolean() {
        layer.set("image_data_param", "new_height", draw.integer(4...9))
        layer.set("image_data_param", "new_width", draw.integer(4...9))
      }
      if draw.boolean() { layer.set("image_data_param", "is_color", draw.boolean()) }
      if draw.boolean() { layer.set("image_data_param", "shuffle", draw.boolean()) }
      if draw.boolean() { layer.set("transform_param", "crop_size", draw.integer(1...4)) }
      return layer
    },
    "WindowData": { draw, _ in
      var layer = FuzzLayer("WindowData", tops: 2)
      layer.set("window_data_param", "source", "\"windows.txt\"")
      layer.set("window_data_param", "batch_size", draw.integer(1...5))
      layer.set("transform_param", "crop_size", draw.integer(5...8))
      if draw.boolean() { layer.set("window_data_param", "context_pad", draw.integer(0...2)) }
      if draw.boolean() { layer.set("window_data_param", "crop_mode", draw.pick(["\"warp\"", "\"square\""])) }
      return layer
    },
    "HDF5Output": { draw, existing in
      guard let shape = draw.shape(existing) else { return nil }
      var layer = FuzzLayer("HDF5Output", over: shape)
      layer.add([shape[0]])
      layer.tops = 0
      layer.set("hdf5_output_param", "file_name", "\"out.h5\"")
      return layer
    }
  ]
}
