import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// Every file that a data layer reads, missing, empty, a folder, or something else: an error that names it.
struct ForeignFileTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Picture(height: 4, width: 5, channels: 3, pixels: [UInt8](repeating: 9, count: 60)).write(
      to: folder.file("a.png"))
    try folder.write("a.png 0\n", to: "list.txt")
    try folder.write("# 0\na.png\n3\n4\n5\n2\n1 0.9 0 0 2 2\n1 0.1 0 0 2 2\n", to: "windows.txt")
    try makeDatabase(folder.file("db"), .lmdb, [("a", datum(3, 4, 5, [UInt8](repeating: 9, count: 60)))])
    try folder.write("good.h5", to: "h5.txt")
    try HDF5File.write(to: folder.file("good.h5")) { try $0.write([1, 2] as [Float], shape: [2], as: "x") }
    // The files that are no good.
    try folder.write("", to: "empty")
    try folder.write("<html><body>404 Not Found</body></html>\n", to: "page")
    try folder.write("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 5\n", to: "pointer")
    try folder.write(String(repeating: "\0", count: 5000), to: "zeros")
    try Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }).write(
      to: URL(fileURLWithPath: folder.file("junk")))
    try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
    for (whole, cut) in [("good.h5", "cut"), ("a.png", "cut.png")] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(whole)))
      try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: folder.file(cut)))
    }
  }

  static let foreign = ["missing", "empty", "page", "pointer", "zeros", "junk", "folder", "cut"]

  private func layer(_ type: String, _ source: String, _ transform: String = "") -> String {
    let (tops, message) =
      switch type {
      case "Data": ("top: \"x\"", "data_param { source: \"\(source)\" backend: LMDB batch_size: 1 }")
      case "ImageData": ("top: \"x\"", "image_data_param { source: \"\(source)\" batch_size: 1 }")
      case "WindowData":
        ("top: \"x\" top: \"y\"", "window_data_param { source: \"\(source)\" batch_size: 2 fg_fraction: 0.5 }")
      default: ("top: \"x\"", "hdf5_data_param { source: \"\(source)\" batch_size: 1 }")
      }
    let crop = type == "WindowData" ? "crop_size: 2 " : ""
    let transform = crop + transform
    return """
      layer { name: "d" type: "\(type)" \(tops) \(message) \(transform.isEmpty ? "" : "transform_param { \(transform) }") }
      """
  }

  private func failure(_ text: String) -> String {
    message { try oneLayerNet(text, folder: folder).forward() }
  }

  @Test func theGoodOnesAreGood() {
    for (type, source) in [
      ("Data", "db"), ("ImageData", "list.txt"), ("WindowData", "windows.txt"), ("HDF5Data", "h5.txt")
    ] {
      #expect(failure(layer(type, source)) == "")
    }
  }

  @Test(arguments: ["Data", "ImageData", "WindowData", "HDF5Data"], foreign)
  func sourcesAreNamed(_ type: String, _ file: String) {
    let text = failure(layer(type, file))
    #expect(text.contains(file) || text.contains("layer \"d\""), "\(text)")
    #expect(text != "")
  }

  @Test(arguments: foreign) func mentionedFilesAreNamed(_ file: String) throws {
    try folder.write("\(file) 0\n", to: "other.txt")
    #expect(failure(layer("ImageData", "other.txt")).contains(file))
    try folder.write("# 0\n\(file)\n3\n4\n5\n2\n1 0.9 0 0 2 2\n1 0.1 0 0 2 2\n", to: "other.txt")
    #expect(failure(layer("WindowData", "other.txt")).contains(file))
    try folder.write(file, to: "other.txt")
    #expect(failure(layer("HDF5Data", "other.txt")).contains(file))
  }

  @Test(arguments: ["Data", "ImageData", "WindowData"], foreign)
  func meansAreNamed(_ type: String, _ file: String) {
    let source = ["Data": "db", "ImageData": "list.txt", "WindowData": "windows.txt"][type] ?? ""
    let text = failure(layer(type, source, "mean_file: \"\(file)\""))
    #expect(text.contains("/\(file)"), "\(text)")
  }

  @Test(arguments: ["Data", "ImageData", "WindowData"]) func aMeanOfAnotherSizeIsRefused(_ type: String) throws {
    var mean = BlobProto()
    mean.shape.dim = [1, 3, 1, 9]
    mean.data = [Float](repeating: 1, count: 27)
    try Data(mean.serializedBytes() as [UInt8]).write(to: URL(fileURLWithPath: folder.file("mean")))
    let source = ["Data": "db", "ImageData": "list.txt", "WindowData": "windows.txt"][type] ?? ""
    let text = failure(layer(type, source, "mean_file: \"mean\""))
    #expect(text.contains("3×1×9") && text.contains("layer \"d\""), "\(text)")
  }

  @Test(arguments: ["Data", "ImageData"]) func aCropLargerThanThePictureIsRefused(_ type: String) {
    let text = failure(layer(type, type == "Data" ? "db" : "list.txt", "crop_size: 5"))
    #expect(
      text.contains("crop_size 5 is larger than the pictures of 3×4×5") && text.contains("layer \"d\""), "\(text)")
  }

  @Test func cutOffPicturesAreRefused() throws {
    try folder.write("cut.png 0\n", to: "other.txt")
    #expect(failure(layer("ImageData", "other.txt")).contains("other.txt:1"))
  }

  /// Two layers of one net and a third of another, all on one database, each at its own place.
  @Test(arguments: RecordBackend.allCases) func severalLayersReadOneDatabase(_ backend: RecordBackend) throws {
    try makeDatabase(
      folder.file("shared"), backend, (0..<5).map { ("\($0)", datum(1, 1, 1, [1], label: Int32($0))) })
    func data(_ name: String, _ batch: Int) -> String {
      """
      layer { name: "\(name)" type: "Data" top: "x\(name)" top: "\(name)" data_param {
        source: "shared" backend: \(backend == .lmdb ? "LMDB" : "LEVELDB") batch_size: \(batch) shuffle: \(batch == 5) } }
      """
    }
    let net = try oneLayerNet(data("a", 2) + data("b", 3) + data("c", 5), folder: folder)
    let other = try oneLayerNet(data("a", 1), folder: folder)
    for _ in 0..<2 {
      try net.forward()
      try other.forward()
    }
    #expect(net.blob(named: "a")?.data.values == [2, 3])
    #expect(net.blob(named: "b")?.data.values == [3, 4, 0])
    #expect(net.blob(named: "c")?.data.values.sorted() == [0, 1, 2, 3, 4])
    #expect(other.blob(named: "a")?.data.values == [1])
  }
}
