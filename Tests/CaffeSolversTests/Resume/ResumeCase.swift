import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A training that must go on from any iteration as if it had never stopped.
struct ResumeCase: Sendable, CustomTestStringConvertible {
  let name: String
  /// The layers that bring `x` and whatever the rest needs.
  var net: String
  /// More fields of the solver.
  var fields = ""
  /// Whether the training takes another course where the checkpoint is missing: something that only it holds is in play.
  var needsCheckpoint = true
  /// Writes the data.
  var files: @Sendable (TemporaryFolder) throws -> Void = { _ in }

  var testDescription: String { name }

  // MARK: - Nets

  /// Constant data: whatever changes from one iteration to the next does so in the layers between.
  static let constant = """
    layer {
      name: "data" type: "DummyData" top: "x" top: "t"
      dummy_data_param {
        shape { dim: 4 dim: 2 dim: 4 dim: 4 } shape { dim: 4 dim: 3 }
        data_filler { type: "constant" value: 0.5 } data_filler { type: "constant" value: 1 }
      }
    }
    """

  /// Two layers from `x` to `y`, compared with `t`, with noise in the weights' start only.
  static func regression(_ layers: String, to last: String = "x") -> String {
    """
    name: "resumed"
    \(layers)
    layer {
      name: "out" type: "InnerProduct" bottom: "\(last)" top: "y"
      inner_product_param { num_output: 3 weight_filler { type: "gaussian" std: 0.1 } }
    }
    layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
    """
  }

  /// Pictures or records `x` with a `label` below 5.
  static func classification(_ data: String) -> String {
    """
    name: "resumed"
    \(data)
    layer {
      name: "out" type: "InnerProduct" bottom: "x" top: "y"
      inner_product_param { num_output: 5 weight_filler { type: "gaussian" std: 0.1 } }
    }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "y" bottom: "label" top: "loss" }
    """
  }

  /// A sequence that goes on from batch to batch.
  static func sequence(_ type: String, hidden: Int = 3) -> String {
    """
    name: "resumed"
    layer {
      name: "data" type: "DummyData" top: "x" top: "cont" top: "t"
      dummy_data_param {
        shape { dim: 3 dim: 2 dim: 4 } shape { dim: 3 dim: 2 } shape { dim: 3 dim: 2 dim: \(hidden) }
        data_filler { type: "constant" value: 0.5 } data_filler { type: "constant" value: 1 }
        data_filler { type: "constant" value: 0.8 }
      }
    }
    layer {
      name: "memory" type: "\(type)" bottom: "x" bottom: "cont" top: "y"
      recurrent_param { num_output: \(hidden) weight_filler { type: "uniform" min: -0.3 max: 0.3 } }
    }
    layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "t" top: "loss" }
    """
  }
}

// MARK: - The cases

extension ResumeCase {
  /// What layers carry from one batch to the next.
  static let layers = [
    ResumeCase(name: "LSTM", net: sequence("LSTM")), ResumeCase(name: "RNN", net: sequence("RNN")),
    ResumeCase(
      name: "Dropout",
      net: regression(constant + #"layer { name: "drop" type: "Dropout" bottom: "x" top: "d" }"#, to: "d")),
    ResumeCase(
      name: "stochastic pooling",
      net: regression(
        noise
          + #"layer { name: "p" type: "Pooling" bottom: "x" top: "p" pooling_param { pool: STOCHASTIC kernel_size: 2 } }"#,
        to: "p")),
    ResumeCase(
      name: "stochastic pyramid",
      net: regression(
        noise
          + #"layer { name: "p" type: "SPP" bottom: "x" top: "p" spp_param { pool: STOCHASTIC pyramid_height: 2 } }"#,
        to: "p")),
    ResumeCase(name: "DummyData", net: regression(noise)),
    ResumeCase(
      name: "BatchNorm",
      net: regression(noise + #"layer { name: "norm" type: "BatchNorm" bottom: "x" top: "x" }"#))
  ]

  /// Data drawn anew for each batch.
  static let noise = constant.replacing("{ type: \"constant\" value: 0.5 }", with: "{ type: \"uniform\" }")

  /// What solvers remember.
  static let solvers = [
    ResumeCase(
      name: "AdamW with averages and plateaus", net: regression(noise),
      fields: """
        type: "AdamW" momentum: 0.9 weight_decay: 0.01 ema_decay: 0.9 lr_policy: "plateau" gamma: 0.5 plateau_winsize: 2 \
        min_lr: 0.001 warmup_iter: 2 clip_gradients: 0.5
        """),
    ResumeCase(
      name: "Adam with cosine", net: regression(noise),
      fields: #"type: "Adam" momentum: 0.9 lr_policy: "cosine" warmup_iter: 4 warmup_start_lr: 0.001 iter_size: 2"#),
    ResumeCase(name: "AdaDelta", net: regression(noise), fields: #"type: "AdaDelta" momentum: 0.9 delta: 1e-6"#),
    ResumeCase(
      name: "Nesterov in steps", net: regression(noise),
      fields: """
        type: "Nesterov" momentum: 0.9 lr_policy: "multistep" gamma: 0.5 stepvalue: 5 stepvalue: 8 weight_decay: 0.1 \
        regularization_type: "L1" snapshot_format: HDF5 snapshot_diff: true
        """),
    ResumeCase(
      name: "AdaGrad", net: regression(noise),
      fields: #"type: "AdaGrad" snapshot_diff: true lr_policy: "inv" gamma: 0.1 power: 1"#),
    ResumeCase(name: "RMSProp", net: regression(noise), fields: #"type: "RMSProp" lr_policy: "poly" power: 2"#)
  ]

  /// Layers that read; their place follows from the iteration, too.
  static let sources = [
    ResumeCase(
      name: "HDF5Data", net: hdf5(""), needsCheckpoint: false, files: writeHDF5),
    ResumeCase(name: "HDF5Data, shuffled", net: hdf5("shuffle: true"), needsCheckpoint: false, files: writeHDF5),
    ResumeCase(
      name: "ImageData, shuffled, cropped and mirrored",
      net: classification(
        """
        layer {
          name: "data" type: "ImageData" top: "x" top: "label" transform_param { crop_size: 3 mirror: true scale: 0.01 }
          image_data_param { source: "list.txt" batch_size: 2 shuffle: true rand_skip: 4 }
        }
        """), needsCheckpoint: false, files: writePictures),
    ResumeCase(
      name: "WindowData",
      net: classification(
        """
        layer {
          name: "data" type: "WindowData" top: "x" top: "label" transform_param { crop_size: 3 mirror: true scale: 0.01 }
          window_data_param { source: "windows.txt" batch_size: 3 fg_fraction: 0.4 }
        }
        """), needsCheckpoint: false, files: writePictures),
    ResumeCase(
      name: "Data",
      net: classification(
        """
        layer {
          name: "data" type: "Data" top: "x" top: "label" transform_param { crop_size: 2 mirror: true scale: 0.01 }
          data_param { source: "lmdb" batch_size: 3 backend: LMDB rand_skip: 4 }
        }
        """), needsCheckpoint: false, files: writeDatabase),
    ResumeCase(
      name: "Data, shuffled, with a bad record",
      net: classification(
        """
        layer {
          name: "data" type: "Data" top: "x" top: "label" transform_param { crop_size: 2 mirror: true scale: 0.01 }
          data_param { source: "leveldb" batch_size: 3 backend: LEVELDB shuffle: true on_error: skip }
        }
        """), needsCheckpoint: false, files: writeDamagedDatabase),
    ResumeCase(
      name: "MemoryData",
      net: classification(
        """
        layer {
          name: "data" type: "MemoryData" top: "x" top: "label"
          memory_data_param { batch_size: 2 channels: 3 height: 1 width: 1 }
        }
        """), needsCheckpoint: false)
  ]

  private static func hdf5(_ more: String) -> String {
    regression(
      """
      layer {
        name: "data" type: "HDF5Data" top: "x" top: "t" hdf5_data_param { source: "files.txt" batch_size: 2 \(more) }
      }
      """)
  }

  // MARK: - Files

  @Sendable private static func writeHDF5(_ folder: TemporaryFolder) throws {
    for (file, count) in [("a.h5", 3), ("b.h5", 4)] {
      try HDF5File.write(to: folder.file(file)) { root in
        for name in ["x", "t"] {
          let values = (0..<count * 3).map { Float(($0 * 7 + count + name.count) % 11) * 0.1 }
          try root.write(values, shape: [count, 3], as: name)
        }
      }
    }
    try folder.write("a.h5\nb.h5\n", to: "files.txt")
  }

  @Sendable private static func writePictures(_ folder: TemporaryFolder) throws {
    var (list, windows) = ("", "")
    for index in 0..<5 {
      let pixels = (0..<5 * 6 * 3).map { UInt8(($0 * (index + 3)) % 251) }
      try Picture(height: 5, width: 6, channels: 3, pixels: pixels).write(to: folder.file("\(index).png"))
      list += "\(index).png \(index)\n"
      windows += "# \(index)\n\(index).png\n3\n5\n6\n2\n\(max(1, index)) 0.9 0 0 3 4\n2 0.1 1 1 4 3\n"
    }
    try folder.write(list, to: "list.txt")
    try folder.write(windows, to: "windows.txt")
  }

  @Sendable private static func writeDatabase(_ folder: TemporaryFolder) throws {
    try write(to: folder.file("lmdb"), .lmdb)
  }

  @Sendable private static func writeDamagedDatabase(_ folder: TemporaryFolder) throws {
    try write(to: folder.file("leveldb"), .leveldb, bad: 3)
  }

  private static func write(to path: String, _ backend: RecordBackend, bad: Int? = nil) throws {
    let writer = try RecordStore.create(path, backend: backend)
    for index in 0..<7 {
      var datum = Datum()
      (datum.channels, datum.height, datum.width, datum.label) = (1, 4, 4, Int32(index % 5))
      // A bad record lacks pixels.
      datum.data = Data((0..<(index == bad ? 5 : 16)).map { UInt8(($0 * 13 + index * 29) % 256) })
      let value: [UInt8] = try datum.serializedBytes()
      try writer.put(key: "\(index)", value: value)
    }
    try writer.finish()
  }
}
