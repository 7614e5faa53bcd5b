import Caffe
import CaffeTestSupport
import Foundation
import Testing

/// HDF5 files: what is written is read, and what is wrong is named.
struct HDF5FileTests {
  private let folder: CaffeTestSupport.TemporaryFolder

  init() throws { folder = try CaffeTestSupport.TemporaryFolder() }

  private func error(of body: () throws -> Void) -> CaffeError? {
    do {
      try body()
      return nil
    } catch {
      return error as? CaffeError
    }
  }

  @Test func whatIsWrittenIsRead() throws {
    let path = folder.file("all.h5")
    try HDF5File.write(to: path) { root in
      try root.write([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3], as: "floats")
      try root.write([0.5, -2] as [Double], shape: [2], as: "doubles")
      try root.write([7, -8] as [Int32], shape: [1, 2], as: "integers")
      try root.write([9] as [Float], shape: [], as: "scalar")
      try root.write([Float](), shape: [0, 4], as: "none")
      try root.write("run_iter_10.caffemodel", as: "text")
      try root.makeGroup("data/conv/1x1").write([3] as [Float], shape: [1], as: "0")
    }
    let root = try HDF5File.open(path)
    #expect(try root.names() == ["data", "doubles", "floats", "integers", "none", "scalar", "text"])
    let floats = try root.dataset("floats")
    #expect(floats.shape == [2, 3])
    #expect(floats.kind == .float)
    #expect(try floats.floats() == [1, 2, 3, 4, 5, 6])
    #expect(try root.dataset("doubles").floats() == [0.5, -2])
    #expect(try root.dataset("integers").floats() == [7, -8])
    #expect(try root.dataset("integers").integers() == [7, -8])
    #expect(try root.dataset("integers").kind == .integer)
    #expect(try root.dataset("scalar").shape.axisCount == 0)
    #expect(try root.dataset("scalar").floats() == [9])
    #expect(try root.dataset("none").floats().isEmpty)
    #expect(try root.dataset("text").string() == "run_iter_10.caffemodel")
    #expect(try root.group("data").group("conv/1x1").dataset("0").path == "data/conv/1x1/0")
    #expect(try root.contains("data/conv/1x1/0"))
    #expect(try root.contains("data/absent/1x1") == false)
    #expect(try root.containsGroup("data"))
    #expect(try root.containsGroup("floats") == false)
  }

  /// HDF5 would note the second in which a dataset was made.
  @Test func theSameValuesMakeTheSameFileWheneverItIsWritten() async throws {
    func write(_ name: String) throws -> Data {
      try HDF5File.write(to: folder.file(name)) { root in
        try root.write([1, 2] as [Float], shape: [2], as: "floats")
        try root.write("text", as: "text")
        try root.makeGroup("group").write([3] as [Int32], shape: [1], as: "0")
      }
      return try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    }
    let first = try write("first.h5")
    try await Task.sleep(for: .milliseconds(1100))
    #expect(try write("second.h5") == first)
  }

  @Test func aLinkLeadsToTheSameValues() throws {
    let path = folder.file("linked.h5")
    try HDF5File.write(to: path) { root in
      try root.write([1, 2] as [Float], shape: [2], as: "first")
      try root.link("first", as: "second")
    }
    #expect(try HDF5File.open(path).dataset("second").floats() == [1, 2])
  }

  @Test func aFileIsReplacedAsAWhole() throws {
    let path = folder.file("old.h5")
    try HDF5File.write(to: path) { try $0.write([1] as [Float], shape: [1], as: "a") }
    _ = error {
      try HDF5File.write(to: path) { root in
        try root.write([2] as [Float], shape: [1], as: "a")
        throw CaffeError(.value, "changed my mind")
      }
    }
    #expect(try HDF5File.open(path).dataset("a").floats() == [1])
    #expect(folder.names == ["old.h5"])
  }

  @Test func manyThreadsMayReadAtOnce() async throws {
    let path = folder.file("shared.h5")
    try HDF5File.write(to: path) { try $0.write((0..<1000).map { Float($0) }, shape: [1000], as: "a") }
    let sums = try await withThrowingTaskGroup(of: Float.self) { group in
      for _ in 0..<16 {
        group.addTask {
          try (0..<20).reduce(0) { sum, _ in try HDF5File.open(path).dataset("a").floats().reduce(sum, +) }
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == Array(repeating: 20 * 499_500, count: 16))
  }

  @Test func missingNamesListWhatIsThere() throws {
    let path = folder.file("few.h5")
    try HDF5File.write(to: path) { try $0.write([1] as [Float], shape: [1], as: "label") }
    let message = error { _ = try HDF5File.open(path).dataset("data") }?.description ?? ""
    #expect(message.contains("there is no dataset \"data\"; there is \"label\""), "\(message)")
    #expect(message.contains("few.h5"))
  }

  @Test func otherKindsOfValuesAreRefused() throws {
    let path = folder.file("text.h5")
    try HDF5File.write(to: path) { try $0.write("words", as: "a") }
    let message = error { _ = try HDF5File.open(path).dataset("a").floats() }?.message ?? ""
    #expect(message.contains("is text, shape (1), where numbers were expected"), "\(message)")
  }

  @Test func filesOfAnotherKindAreRefused() throws {
    let whole = folder.file("whole.h5")
    try HDF5File.write(to: whole) { try $0.write([Float](repeating: 1, count: 5000), shape: [5000], as: "a") }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: folder.file("cut.h5")))
    try folder.write("<html>", to: "page.h5")
    try folder.write("", to: "empty.h5")
    for name in ["cut.h5", "page.h5", "empty.h5"] {
      let found = error { _ = try HDF5File.open(folder.file(name)).dataset("a").floats() }
      #expect(found?.code == .corrupt)
      #expect(found?.location?.file.hasSuffix(name) == true)
    }
    #expect(error { _ = try HDF5File.open(folder.file("absent.h5")) }?.code == .file)
    #expect(error { _ = try HDF5File.open(folder.path) }?.code == .file)
  }
}
