import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// A net of one layer at the top of which data comes.
func oneLayerNet(
  _ text: String, folder: TemporaryFolder, phase: Phase = .test, logger: RecordedLog? = nil, threads: Int = 0
) throws -> Net {
  var context = Context(phase: phase, seed: 3, logger: logger?.logger ?? .silent)
  context.baseFolder = folder.path
  context.dataThreads = threads
  return try Net(try Prototxt.parse(NetParameter.self, text: text), context: context)
}

struct ImageDataLayerTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (index, name) in ["a.png", "b.png", "the third.png", "d.png", "e.png"].enumerated() {
      let pixels = (0..<24).map { UInt8($0 * 5 + index * 20) }
      try Picture(height: 2, width: 4, channels: 3, pixels: pixels).write(to: folder.file(name))
    }
    try write("list.txt", "a.png 0\nb.png 1\nthe third.png 2\r\n\nd.png 3\ne.png 4\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
  }

  private func layer(_ parameters: String, _ transform: String = "", source: String = "list.txt") -> String {
    """
    layer { name: "data" type: "ImageData" top: "data" top: "label" \(transform)
      image_data_param { source: "\(source)" \(parameters) } }
    """
  }

  private func labels(_ net: Net, batches: Int) throws -> [Float] {
    try (0..<batches).flatMap { _ in
      try net.forward()
      return net.blob(named: "label")?.data.values ?? []
    }
  }

  @Test func picturesAndLabelsComeInOrder() throws {
    let net = try oneLayerNet(
      layer("batch_size: 2", "transform_param { scale: 0.5 mean_value: 1 mean_value: 2 mean_value: 3 }"), folder: folder
    )
    try net.forward()
    let data = try #require(net.blob(named: "data"))
    #expect(data.shape == [2, 3, 2, 4])
    let picture = try Picture.read(file: folder.file("b.png"))
    let expected = picture.planes().enumerated().map { (Float($0.element) - Float($0.offset / 8 + 1)) * 0.5 }
    #expect(Array(data.data.values[24...]) == expected)
    #expect(try labels(net, batches: 3) == [2, 3, 4, 0, 1, 2])
  }

  @Test func picturesAreScaledAndMadeGray() throws {
    let net = try oneLayerNet(layer("batch_size: 5 new_height: 6 new_width: 3 is_color: false"), folder: folder)
    try net.forward()
    let data = try #require(net.blob(named: "data"))
    #expect(data.shape == [5, 1, 6, 3])
    let expected = try Picture.read(file: folder.file("a.png"), color: .gray).resized(height: 6, width: 3)
    #expect(Array(data.data.values[..<18]) == expected.pixels.map(Float.init))
  }

  @Test func everyLapHasItsOwnOrder() throws {
    let net = try oneLayerNet(layer("batch_size: 5 shuffle: true"), folder: folder)
    let laps = try (0..<6).map { _ in try labels(net, batches: 1) }
    #expect(laps.allSatisfy { $0.sorted() == [0, 1, 2, 3, 4] })
    #expect(Set(laps).count > 3)
    let again = try oneLayerNet(layer("batch_size: 5 shuffle: true"), folder: folder)
    #expect(try labels(again, batches: 6) == laps.flatMap { $0 })
  }

  @Test func aResumedRunGoesOn() throws {
    let text = layer("batch_size: 2 shuffle: true rand_skip: 4", "transform_param { crop_size: 2 mirror: true }")
    let whole = try oneLayerNet(text, folder: folder, phase: .train)
    for _ in 0..<9 { try whole.forward() }
    let resumed = try oneLayerNet(text, folder: folder, phase: .train)
    try #require(resumed.layers[0] as? any ResumableSource).skip(batches: 8)
    try resumed.forward()
    #expect(resumed.blob(named: "data")?.data.values == whole.blob(named: "data")?.data.values)
    #expect(resumed.blob(named: "label")?.data.values == whole.blob(named: "label")?.data.values)
  }

  @Test func linesMayHaveSeveralLabels() throws {
    try write("list.txt", "a.png 0.5 -2 3\nthe third.png 1 2 4e1\n")
    let net = try oneLayerNet(layer("batch_size: 2"), folder: folder)
    try net.forward()
    #expect(net.blob(named: "label")?.shape == [2, 3])
    #expect(net.blob(named: "label")?.data.values == [0.5, -2, 3, 1, 2, 40])
  }

  @Test func blanksAndNumbersInPathsAreNoLabels() throws {
    try write("list.txt", "my cat 3.jpg 7\nhouse 12 8\nx.png 1.5\n/a b/c.JPEG 4\n")
    let list = try PictureList(folder.file("list.txt"))
    #expect(list.entries.map(\.path) == ["my cat 3.jpg", "house 12", "x.png", "/a b/c.JPEG"])
    #expect(list.entries.map(\.labels) == [[7], [8], [1.5], [4]])
  }

  @Test func badPicturesAreSkippedIfAskedFor() throws {
    try write("b.png", "<html>")
    let log = RecordedLog()
    let net = try oneLayerNet(layer("batch_size: 5 on_error: skip"), folder: folder, logger: log)
    // The next good picture comes in its place, with its own label.
    #expect(try labels(net, batches: 2) == [0, 2, 2, 3, 4, 0, 2, 2, 3, 4])
    #expect(try labels(net, batches: 1) == [0, 2, 2, 3, 4])
    // Once by name, then in number for each lap that has ended.
    let warnings = log.warnings
    #expect(warnings.count { $0.contains("\"b.png\"") && $0.contains("skipped, 1 so far") } == 1)
    #expect(warnings.count { $0.contains("1 pictures of this lap") } == 2)
    #expect(warnings.count == 3)
    let strict = try oneLayerNet(layer("batch_size: 5"), folder: folder)
    let text = message { try strict.forward() }
    #expect(text.contains("list.txt:2: layer \"data\": the picture \"b.png\" can't be used"))
    #expect(text.contains("web page"))
    #expect(message { try strict.forward() } == text)
  }

  @Test(.timeLimit(.minutes(10))) func nothingButBadPicturesIsAnError() throws {
    for name in ["a.png", "b.png"] { try write(name, "junk") }
    try write("list.txt", String(repeating: "a.png 0\nb.png 1\nnone.png 2\n", count: 10))
    let log = RecordedLog()
    let text = message {
      try oneLayerNet(layer("batch_size: 5 on_error: skip"), folder: folder, logger: log).forward()
    }
    #expect(text.contains("none of the 30 pictures can be read"))
    #expect(log.warnings.count == 11)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    try write("b.png", "<html>")
    func run(_ threads: Int) throws -> [Float] {
      let text = layer("batch_size: 2 shuffle: true on_error: skip", "transform_param { crop_size: 2 mirror: true }")
      let net = try oneLayerNet(text, folder: folder, phase: .train, threads: threads)
      return try (0..<30).flatMap { _ in
        try net.forward()
        return try ["data", "label"].flatMap { try #require(net.blob(named: $0)).data.values }
      }
    }
    let one = try run(1)
    for threads in [2, 5] { #expect(try run(threads) == one) }
  }

  @Test func whatIsWrongIsNamed() throws {
    func text(_ parameters: String, _ list: String? = nil, transform: String = "") throws -> String {
      try write("other.txt", list ?? "a.png 1\n")
      return message {
        try oneLayerNet(layer(parameters, transform, source: "other.txt"), folder: folder).forward()
      }
    }
    #expect(try text("", "a.png 1\nb.png\n").contains("other.txt:2"))
    #expect(try text("", "a.png 1\nb.png one\n").contains("\"one\" where a number should be"))
    #expect(try text("", "a.png 1\nb.png 1 2\n").contains("other.txt:2"))
    #expect(try text("", "\n\n").contains("names no pictures"))
    #expect(try text("", "none.png 1\n").contains("none.png"))
    #expect(try text("new_height: 4").contains("give both or neither"))
    #expect(try text("batch_size: 0").contains("batch_size 0"))
    #expect(try text("", transform: "transform_param { crop_size: 3 }").contains("crop_size 3 is larger"))
    try Picture(height: 5, width: 5, channels: 1, pixels: [UInt8](repeating: 0, count: 25)).write(
      to: folder.file("z.png"))
    let sizes = try text("batch_size: 2", "a.png 1\nz.png 2\n")
    #expect(sizes.contains("other.txt:2") && sizes.contains("\"z.png\" is one of 3×5×5"))
    #expect(message { _ = try oneLayerNet(layer("", source: "no.txt"), folder: folder) }.contains("no.txt"))
  }

  /// A label that is too large is said to be of its line.
  @Test func labelsOutOfRangeNameTheirLine() throws {
    let net = try oneLayerNet(
      layer("batch_size: 5") + """
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param { num_output: 4 } }
        layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }
        """, folder: folder)
    let text = message { try net.forward() }
    #expect(text.contains("\"e.png\", line 6 of list.txt"), "\(text)")
  }

  @Test func batchesOfOneMayChangeTheirShape() throws {
    try Picture(height: 5, width: 7, channels: 1, pixels: [UInt8](repeating: 0, count: 35)).write(
      to: folder.file("z.png"))
    try write("list.txt", "a.png 1\nz.png 2\n")
    let net = try oneLayerNet(layer("batch_size: 1"), folder: folder)
    try net.forward()
    #expect(net.blob(named: "data")?.shape == [1, 3, 2, 4])
    try net.forward()
    #expect(net.blob(named: "data")?.shape == [1, 3, 5, 7])
  }

  /// The first two pictures of the original's own ImageData layer; only where the real data is.
  @Test func realPicturesComeAsInTheOriginal() throws {
    let expected = ReferenceFolder.path + "/classification/imagedata_first2.safetensors"
    guard let data = Fixtures.realData, FileManager.default.fileExists(atPath: expected) else {
      print("skipped: ImageNet's pictures, which need CAFFE_DATA_DIR and CAFFE_REFERENCE_DIR")
      return
    }
    let tensor = try #require(try readSafetensors(expected)["x"])
    let net = try oneLayerNet(
      layer(
        "batch_size: 2 new_height: 227 new_width: 227 root_folder: \"\(data)/imagenet/images/\"",
        "transform_param { mean_value: 104 mean_value: 117 mean_value: 123 }", source: "\(data)/imagenet/val.txt"),
      folder: folder)
    try net.forward()
    let found = try #require(net.blob(named: "data")).data.values
    #expect(found.count == tensor.values.count)
    #expect(try #require(zip(found, tensor.values).map { abs($0 - $1) }.max()) == 0)
  }
}
