import Foundation
import Testing

/// A folder with a small database of drawn digits, a net of one layer and a solver.
struct TrainingFolder {
  let folder: WorkFolder

  init(train: Int = 256, test: Int = 100) throws {
    folder = try WorkFolder()
    let drawn = try CommandRun(["digits", "--train=\(train)", "--test=\(test)", "--seed=3", "--out=."], in: folder)
    try #require(drawn.status == 0, "\(drawn.error)")
    for (files, database) in [("train", "train_lmdb"), ("t10k", "test_lmdb")] {
      let made = try CommandRun(
        "convert_mnist_data.bin",
        ["--backend=lmdb", "\(files)-images-idx3-ubyte", "\(files)-labels-idx1-ubyte", database], in: folder)
      try #require(made.status == 0, "\(made.error)")
    }
    try writeNet()
    try writeSolver()
  }

  /// Writes `net.prototxt`.
  func writeNet(outputs: Int = 10, database: String = "train_lmdb", layers: String = "") throws {
    func data(_ phase: String, _ source: String, _ batch: Int) -> String {
      """
      layer {
        name: "digits" type: "Data" top: "data" top: "label"
        include { phase: \(phase) }
        transform_param { scale: 0.00390625 }
        data_param { source: "\(source)" batch_size: \(batch) backend: LMDB }
      }

      """
    }
    try folder.write(
      data("TRAIN", database, 32) + data("TEST", "test_lmdb", 50) + """
        \(layers)
        layer {
          name: "ip" type: "InnerProduct" bottom: "data" top: "ip"
          inner_product_param { num_output: \(outputs) weight_filler { type: "xavier" } }
        }
        layer {
          name: "accuracy" type: "Accuracy" bottom: "ip" bottom: "label" top: "accuracy" include { phase: TEST }
        }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
        """, to: "net.prototxt")
  }

  /// Writes `solver.prototxt`; `changes` replace fields of the same name.
  func writeSolver(_ changes: [String: String?] = [:]) throws {
    var fields: [String: String?] = [
      "net": "\"net.prototxt\"", "test_iter": "2", "test_interval": "20", "base_lr": "0.05", "momentum": "0.9",
      "lr_policy": "\"fixed\"", "display": "10", "max_iter": "40", "snapshot": "20", "snapshot_prefix": "\"small\"",
      "solver_mode": "CPU", "random_seed": "1"
    ]
    fields.merge(changes) { _, new in new }
    let lines = fields.compactMap { name, value in value.map { "\(name): \($0)" } }.sorted()
    try folder.write(lines.joined(separator: "\n"), to: "solver.prototxt")
  }

  func train(_ flags: String...) throws -> CommandRun {
    try CommandRun(["train", "--solver=solver.prototxt"] + flags, in: folder)
  }

  /// Whether temporary files of a writer are left.
  var hasLeftovers: Bool { folder.names.contains { $0.hasSuffix(".tmp") } }
}
