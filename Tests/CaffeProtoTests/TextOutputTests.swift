import CaffeProto
import Testing

/// Printed messages look as in the original's logs.
@Suite struct TextOutputTests {
  @Test func solverPrintsAsInTheLog() throws {
    // From a log of the original: note the order by number, and train_state at the end.
    let printed = """
      test_iter: 100
      test_interval: 500
      base_lr: 0.01
      display: 100
      max_iter: 10000
      lr_policy: "inv"
      gamma: 0.0001
      power: 0.75
      momentum: 0.9
      weight_decay: 0.0005
      snapshot: 5000
      snapshot_prefix: "examples/mnist/lenet"
      solver_mode: CPU
      net: "examples/mnist/lenet_train_test.prototxt"
      train_state {
        level: 0
        stage: ""
      }

      """
    let lines = printed.split(separator: "\n")
    let shuffled = (lines[14...] + lines[0..<14].reversed()).joined(separator: "\n")
    let solver: SolverParameter = try Prototxt.parse(text: shuffled)
    #expect(solver.prototxt() == printed)
  }

  @Test func netPrintsAsInTheLog() throws {
    let printed = """
      name: "LeNet"
      state {
        phase: TRAIN
        level: 0
        stage: ""
      }
      layer {
        name: "mnist"
        type: "Data"
        top: "data"
        top: "label"
        include {
          phase: TRAIN
        }
        transform_param {
          scale: 0.00390625
        }
        data_param {
          source: "examples/mnist/mnist_train_lmdb"
          batch_size: 64
          backend: LMDB
        }
      }
      layer {
        name: "relu1"
        type: "ReLU"
        bottom: "ip1"
        top: "ip1"
        relu_param {
        }
      }

      """
    let net: NetParameter = try Prototxt.parse(text: printed)
    #expect(net.prototxt() == printed)
  }

  @Test(arguments: [
    ("1e-05", "1e-05"), ("1000000", "1e+06"), ("100000", "100000"), ("0.1", "0.1"), ("3", "3"),
    ("-0.0001", "-0.0001"),
    ("0.333333333", "0.333333343"), ("16777216", "16777216"), ("1e30", "1e+30"), ("inf", "inf"),
    ("-inf", "-inf"),
    ("nan", "nan"), ("123456", "123456"), ("1234567", "1234567")
  ])
  func floatsAreAsShortAsProtobufPrintsThem(_ written: String, _ printed: String) throws {
    let solver: SolverParameter = try Prototxt.parse(text: "base_lr: \(written)")
    #expect(solver.prototxt() == "base_lr: \(printed)\n")
  }

  @Test func packedListsAndDoublesPrintAValueALine() {
    var blob = BlobProto()
    blob.shape.dim = [2, 1]
    blob.data = [0.5, 2]
    blob.doubleData = [0.1, 1 / 3]
    #expect(
      blob.prototxt()
        == "data: 0.5\ndata: 2\nshape {\n  dim: 2\n  dim: 1\n}\ndouble_data: 0.1\ndouble_data: 0.33333333333333331\n"
    )
  }

  @Test func stringsAreEscaped() throws {
    var layer = LayerParameter()
    layer.name = "a\"b'\\\n\té"
    #expect(layer.prototxt() == #"name: "a\"b\'\\\n\t\303\251""# + "\n")
    #expect(try Prototxt.parse(LayerParameter.self, text: layer.prototxt()) == layer)
  }
}
