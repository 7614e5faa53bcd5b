import Foundation
import Testing

/// Whether `python3` has what the package caffe needs.
private let hasPython: Bool = {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["python3", "-c", "import numpy, google.protobuf"]
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()

/// Layers in Python, trained by the program: `--allow-python`.
@Suite(.serialized) struct PythonLayerTests {
  private static let layer =
    "import caffe\n" + """
      class Times(caffe.Layer):
          def setup(self, bottom, top):
              self.blobs.add_blob(1)
              if self.param_str == "fail":
                  raise LookupError("told to fail")

          def reshape(self, bottom, top):
              top[0].reshape(*bottom[0].shape)

          def forward(self, bottom, top):
              top[0].data[...] = self.blobs[0].data[0] * bottom[0].data

          def backward(self, top, propagate_down, bottom):
              self.blobs[0].diff[0] += (top[0].diff * bottom[0].data).sum()
      """

  /// A training of a factor, which ends at 3.
  private func folder(parameter: String = "") throws -> WorkFolder {
    let folder = try WorkFolder()
    try folder.write(PythonLayerTests.layer, to: "own_layers.py")
    try folder.write(
      """
      base_lr: 0.3 lr_policy: "fixed" max_iter: 100 display: 50 snapshot_prefix: "s"
      train_net_param {
        layer { name: "x" type: "DummyData" top: "x"
          dummy_data_param { shape { dim: 16 dim: 1 } data_filler { type: "uniform" min: -1 max: 1 } } }
        layer { name: "goal" type: "Power" bottom: "x" top: "goal" power_param { scale: 3 } }
        layer { name: "own" type: "Python" bottom: "x" top: "y"
          python_param { module: "own_layers" layer: "Times" param_str: "\(parameter)" } }
        layer { name: "loss" type: "EuclideanLoss" bottom: "y" bottom: "goal" top: "loss" }
      }
      """, to: "solver.prototxt")
    return folder
  }

  @Test func withoutTheFlagTheErrorNamesIt() throws {
    let run = try CommandRun(["train", "--solver=solver.prototxt"], in: folder())
    #expect(run.status == 1 && run.error.contains("layer \"own\"") && run.error.contains("--allow-python"))
  }

  @Test func aMissingLibraryIsSaid() throws {
    let run = try CommandRun(
      ["train", "--solver=solver.prototxt", "--allow-python"], in: folder(),
      environment: ["CAFFE_PYTHON_PATH": "/nowhere/libpython3.so"])
    #expect(run.status == 1 && run.error.contains("CAFFE_PYTHON_PATH") && run.error.contains("/nowhere/libpython3.so"))
  }

  @Test(.enabled(if: hasPython, "python3 has no NumPy or protobuf"))
  func aLayerInPythonIsTrained() throws {
    let folder = try folder()
    let run = try CommandRun(["train", "--solver=solver.prototxt", "--allow-python"], in: folder)
    #expect(run.status == 0, "\(run.error.suffix(1000))")
    #expect(run.error.contains("Optimization Done.") && folder.exists("s_iter_100.caffemodel"))
    let last = run.error.split(separator: "\n").last { $0.contains("loss = ") }
    let loss = last?.split(separator: " ").last.flatMap { Float($0) }
    #expect(loss.map { $0 < 0.01 } == true, "\(last ?? "")")
  }

  @Test(.enabled(if: hasPython, "python3 has no NumPy or protobuf"))
  func whatALayerRaisesEndsTheTrainingWithItsTraceback() throws {
    let run = try CommandRun(["train", "--solver=solver.prototxt", "--allow-python"], in: folder(parameter: "fail"))
    #expect(run.status == 1 && run.error.contains("Traceback") && run.error.contains("own_layers.py"))
    let last = run.error.split(separator: "\n").last ?? ""
    #expect(last.contains("layer \"own\"") && last.contains("LookupError: told to fail"), "\(last)")
  }
}
