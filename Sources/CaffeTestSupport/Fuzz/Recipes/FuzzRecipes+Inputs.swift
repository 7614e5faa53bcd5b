extension FuzzRecipes {
  /// Layers without bottoms; files are those of `FuzzFiles`.
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
    }
  ]
}
