import CaffeCore
import CaffeNet
import CaffeProto

/// Nets that can't be built.
struct BuildRule: LintRule {
  let page = RulePage(
    "build", .error, summary: "The net can't be built.",
    text: """
      Layers don't fit together: shapes, numbers of bottoms and tops, or numbers out of range. The net is built as `caffe summary` does, \
      without its data; where a data layer doesn't say the shape of its records, nets aren't built.
      """,
    wrong: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 9 dim: 9 } } }
      layer {
        name: "conv"
        type: "Convolution"
        bottom: "x"
        top: "conv"
        convolution_param { num_output: 2 kernel_size: 11 }
      }
      """,
    right: """
      layer { name: "x" type: "Input" top: "x" input_param { shape { dim: 1 dim: 1 dim: 9 dim: 9 } } }
      layer {
        name: "conv"
        type: "Convolution"
        bottom: "x"
        top: "conv"
        convolution_param { num_output: 2 kernel_size: 3 }
      }
      """)

  /// What building says; nil where it can be built, or can't be tried.
  func remark(_ read: NetFile, _ net: LintedNet, _ linter: Linter) -> Remark? {
    var context = linter.context
    context.phase = net.phase
    do {
      let dataless = try DatalessNet(
        read, context: context, shapes: net.recordShapes, level: linter.level, stages: linter.stages)
      // A fault of guessed shapes is none of the file's.
      guard dataless.guesses.isEmpty || net.layers.allSatisfy({ !$0.isRecordSource }) else { return nil }
      _ = try dataless.build()
      return nil
    } catch let error as CaffeError where error.code == .flag {
      return nil
    } catch let error as CaffeError {
      let location = error.location ?? FileLocation(file: net.file, line: 1, column: 1)
      return Remark(
        "\(error.message)\(error.cause.map { " (\($0))" } ?? "") (in phase \(net.phaseName))", at: location,
        layer: error.layer)
    } catch {
      return Remark("\(error)", at: FileLocation(file: net.file))
    }
  }
}

extension LintedNet {
  /// The shapes of the first tops of data layers whose records are there.
  fileprivate var recordShapes: [InputShape] {
    layers.compactMap { layer in
      guard let top = layer.top.first, let batch = layer.recordsPerBatch, let shape = data.of(layer).shape else {
        return nil
      }
      let crop = Int(layer.transformParam.cropSize)
      let extents = crop > 0 ? [batch, shape.channels, crop, crop] : [batch, shape.channels, shape.height, shape.width]
      return (try? Shape(validating: extents)).map { InputShape(name: top, shape: $0) }
    }
  }
}
