import CaffeCore
import CaffeProto
import SwiftProtobuf
import Testing

/// Weights, states and mean files come back as written; what is no such file is refused.
@Suite struct BinaryProtoTests {
  private func net() throws -> NetParameter {
    try Prototxt.parse(
      text: """
        name: "n" layer { name: "a" type: "InnerProduct" blobs { shape { dim: 2 dim: 2 } data: [1, 2, 3, 4] } }
        layer { name: "b" }
        """)
  }

  private func error<M: Message>(_ type: M.Type, _ bytes: [UInt8]) throws -> String {
    var text = ""
    try withFolder { folder in
      try put(bytes, "\(folder)/f.bin")
      text = message { _ = try BinaryProto.read(type, file: "\(folder)/f.bin") }
    }
    return text
  }

  @Test func messagesComeBackAsWritten() throws {
    try withFolder { folder in
      let net = try net()
      try BinaryProto.write(net, file: "\(folder)/w.caffemodel")
      let (read, unknown) = try BinaryProto.read(NetParameter.self, file: "\(folder)/w.caffemodel")
      #expect(read == net && unknown == 0)
      #expect(names(in: folder) == ["w.caffemodel"])
    }
  }

  @Test func partsAddUpToTheWhole() throws {
    try withFolder { folder in
      let net = try net()
      var head = net
      head.layer = []
      try BinaryProto.write(file: "\(folder)/w") { stream in
        try stream.append(head)
        for layer in net.layer { try stream.append(layer, field: 100) }
      }
      #expect(try bytes(of: "\(folder)/w") == net.serializedBytes())
    }
  }

  @Test func unknownFieldsAreSkippedAndCounted() throws {
    var bytes: [UInt8] = try net().serializedBytes()
    // Field 500 of the net, a varint; then a layer with a field 2000 of four bytes.
    bytes += [0xA0, 0x1F, 7]
    bytes += [0xA2, 0x06, 7, 0x85, 0x7D, 1, 2, 3, 4, 0]
    bytes[bytes.count - 1] = 0
    bytes.removeLast()
    bytes[bytes.count - 7] = 6
    let (read, unknown) = try bytes.withUnsafeBytes {
      try BinaryProto.decode(NetParameter.self, $0, file: "f")
    }
    #expect(unknown == 2 && read.layer.count == 3)
    #expect(read.unknownFields.data.isEmpty)
  }

  @Test func everyCutIsNoticed() throws {
    let whole: [UInt8] = try net().serializedBytes()
    // A cut between two layers leaves a whole message; all others are faults.
    for length in 1..<whole.count {
      let cut = whole.prefix(length)
      let result = Result {
        try Array(cut).withUnsafeBytes { try BinaryProto.decode(NetParameter.self, $0, file: "f") }
      }
      guard case .failure(let error) = result else {
        let layers = try result.get().message.layer.count
        #expect(layers < 2)
        continue
      }
      #expect(error is CaffeError)
    }
  }

  @Test func cutFileNamesThePlace() throws {
    let whole: [UInt8] = try net().serializedBytes()
    let text = try error(NetParameter.self, Array(whole.prefix(whole.count - 12)))
    #expect(text.contains("cut off") && text.contains("layer[0]"), "\(text)")
  }

  @Test func filesOfAnotherKindAreNamed() throws {
    #expect(try error(NetParameter.self, []).contains("empty"))
    // Tags of groups, which are white space in ASCII.
    for content: [UInt8] in [[0x0B, 0x0C], Array(" \n\n".utf8)] {
      let text = try error(NetParameter.self, content)
      #expect(text.contains("this is not a weights file") && !text.contains("empty"), "\(text)")
    }
    #expect(try error(NetParameter.self, Array("<!DOCTYPE html>\n<html>".utf8)).contains("web page"))
    #expect(
      try error(NetParameter.self, Array("version https://git-lfs.github.com/spec/v1\n".utf8)).contains(
        "git lfs"))
    #expect(try error(NetParameter.self, Array("name: \"LeNet\"\nlayer { }\n".utf8)).contains("prototxt"))
    #expect(try error(NetParameter.self, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]).contains(".h5"))
    #expect(try error(NetParameter.self, [0x1F, 0x8B, 8, 0]).contains("unpack"))
    #expect(
      try error(NetParameter.self, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
        .contains("not that of"))
  }

  @Test func weightsAndStatesAreToldApart() throws {
    var state = SolverState()
    state.iter = 10
    state.learnedNet = "w.caffemodel"
    state.history = [BlobProto()]
    var mean = BlobProto()
    mean.num = 1
    mean.data = [1]
    #expect(
      try error(NetParameter.self, state.serializedBytes()).contains(
        "solver state (.solverstate), not a weights file"))
    #expect(
      try error(SolverState.self, net().serializedBytes()).contains(
        "weights file (.caffemodel), not a solver state"))
    #expect(try error(NetParameter.self, mean.serializedBytes()).contains("mean"))
    #expect(try error(BlobProto.self, net().serializedBytes()).contains("weights file"))
  }

  @Test func blobValuesMustFitTheShape() throws {
    var blob = BlobProto()
    blob.shape.dim = [2]
    blob.data = [1]
    #expect(message { _ = try blob.values() }.contains("needs 2 values and has 1"))
    blob.shape.dim = [-1]
    #expect(message { _ = try blob.values() }.contains("impossible shape"))
    blob.shape.dim = [1 << 40, 1 << 40]
    #expect(message { _ = try blob.values() }.contains("impossible shape"))
  }

  @Test func doublesAndOldShapesAreRead() throws {
    var blob = BlobProto()
    blob.num = 1
    blob.channels = 2
    blob.height = 1
    blob.width = 1
    blob.doubleData = [0.1, 2]
    #expect(blob.axes == [1, 2, 1, 1])
    #expect(try blob.values() == [0.1, 2])
    #expect(try blob.gradients() == [])
  }

  @Test func oldWeightsAreUpgradedOnReading() throws {
    try withFolder { folder in
      let old: NetParameter = try Prototxt.parse(text: "layers { name: 'a' type: RELU blobs { data: 1 } }")
      try BinaryProto.write(old, file: "\(folder)/old")
      let (net, _) = try NetReader.readWeights(file: "\(folder)/old")
      #expect(net.layer.map(\.type) == ["ReLU"] && net.layer[0].blobs[0].data == [1])
    }
  }
}
