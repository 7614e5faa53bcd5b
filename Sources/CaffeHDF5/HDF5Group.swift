import CHDF5
import CaffeCore

/// A group of an HDF5 file: names, each of a dataset or of another group.
public struct HDF5Group: Sendable {
  /// The file, as the user named it.
  public let file: String
  /// The path from the file's root, `data/conv1`; empty for the root itself.
  public let path: String
  private let handle: HDF5Handle
  private let fileSize: Int

  init(_ handle: HDF5Handle, file: String, path: String, fileSize: Int) {
    self.handle = handle
    self.file = file
    self.path = path
    self.fileSize = fileSize
  }

  /// The names, sorted.
  public func names() throws -> [String] {
    let count = try call("listed") { caffe_h5_count(handle.id) }
    return try (0..<count).map { try name(at: UInt64($0)) }
  }

  private func name(at index: UInt64) throws -> String {
    let length = try call("listed") { caffe_h5_name(handle.id, index, nil, 0) }
    guard length < 1 << 20 else { throw error(.corrupt, "the group has a name of \(length) bytes; get the file again") }
    return HDF5Library.text(capacity: Int(length) + 1) { buffer, size in
      _ = try? HDF5Library.call { caffe_h5_name(handle.id, index, buffer, size) }
    }
  }

  /// Whether there is a dataset or group called `name`, itself or by a link that leads somewhere.
  public func contains(_ name: String) throws -> Bool {
    guard !name.isEmpty else { return false }
    // A path is looked up part by part: the library fails where a part in the middle is missing.
    var prefix = ""
    for part in name.split(separator: "/") {
      prefix += (prefix.isEmpty ? "" : "/") + part
      guard (try? HDF5Library.call { caffe_h5_exists(handle.id, prefix) }) == 1 else { return false }
    }
    return true
  }

  /// The group called `name`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when there is none.
  public func group(_ name: String) throws -> HDF5Group {
    try require(name, "group")
    let id = try call("opened as a group", name) { caffe_h5_open_group(handle.id, name) }
    return HDF5Group(HDF5Handle(id), file: file, path: path(of: name), fileSize: fileSize)
  }

  /// The dataset called `name`.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when there is none, when it is a group, or its shape is none that memory could hold.
  public func dataset(_ name: String) throws -> HDF5Dataset {
    try require(name, "dataset")
    if let group = try? group(name) {
      let there = try group.names().prefix(12).map { "\"\(path(of: name))/\($0)\"" }.joined(separator: ", ")
      throw error(
        .corrupt,
        "\"\(path(of: name))\" is a group where a dataset was expected; "
          + (there.isEmpty ? "it holds nothing" : "name one of what it holds: \(there)"))
    }
    let id = try call("opened as a dataset", name) { caffe_h5_open_dataset(handle.id, name) }
    return try HDF5Dataset(HDF5Handle(id), file: file, path: path(of: name), fileSize: fileSize)
  }

  /// Whether `name` names a group.
  public func containsGroup(_ name: String) throws -> Bool { try contains(name) && (try? group(name)) != nil }

  private func require(_ name: String, _ what: String) throws {
    if try contains(name) { return }
    let there = try names()
    let shown = there.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ") + (there.count > 12 ? ", …" : "")
    throw error(
      .corrupt, "there is no \(what) \"\(path(of: name))\"; there is \(there.isEmpty ? "nothing" : shown)")
  }

  /// The path from the root of what is called `name` here.
  func path(of name: String) -> String { path.isEmpty ? name : "\(path)/\(name)" }

  private func error(_ code: CaffeError.Code, _ message: String) -> CaffeError {
    CaffeError(code, file: file, message)
  }

  @discardableResult
  private func call(_ what: String, _ name: String = "", _ body: () -> Int64) throws -> Int64 {
    do {
      return try HDF5Library.call(body)
    } catch {
      let place = name.isEmpty ? path : path(of: name)
      throw self.error(
        .corrupt, "\"\(place.isEmpty ? "/" : place)\" cannot be \(what): \(error.reason); get the file again")
    }
  }
}

// MARK: - Writing

extension HDF5Group {
  /// Makes a group called `name`, and those on the way to it: a blank path part counts for nothing.
  public func makeGroup(_ name: String) throws -> HDF5Group {
    var group = self
    for part in name.split(separator: "/") { group = try group.makeOrOpen(String(part)) }
    return group
  }

  private func makeOrOpen(_ name: String) throws -> HDF5Group {
    if try contains(name) { return try group(name) }
    let id = try call("made", name) { caffe_h5_create_group(handle.id, name) }
    return HDF5Group(HDF5Handle(id), file: file, path: path(of: name), fileSize: fileSize)
  }

  /// Writes the values of `buffer`, in the form `shape`, as float32.
  public func write(_ buffer: Buffer, shape: Shape, as name: String) throws {
    try buffer.read { values in
      try values.withUnsafeBufferPointer { try write($0, shape: shape, as: name) }
    }
  }

  /// Writes `values`, row-major, as float32.
  public func write(_ values: [Float], shape: Shape, as name: String) throws {
    try values.withUnsafeBufferPointer { try write($0, shape: shape, as: name) }
  }

  private func write(_ values: UnsafeBufferPointer<Float>, shape: Shape, as name: String) throws {
    try check(values.count, shape, name)
    let extents = shape.extents.map(UInt64.init)
    try call("written", name) {
      caffe_h5_write_floats(handle.id, name, Int32(extents.count), extents, values.baseAddress)
    }
  }

  /// Writes `values`, row-major, as float64.
  public func write(_ values: [Double], shape: Shape, as name: String) throws {
    try check(values.count, shape, name)
    let extents = shape.extents.map(UInt64.init)
    try call("written", name) { caffe_h5_write_doubles(handle.id, name, Int32(extents.count), extents, values) }
  }

  /// Writes `values`, row-major, as int32.
  public func write(_ values: [Int32], shape: Shape, as name: String) throws {
    try check(values.count, shape, name)
    let extents = shape.extents.map(UInt64.init)
    try call("written", name) { caffe_h5_write_integers(handle.id, name, Int32(extents.count), extents, values) }
  }

  /// Writes a string as one value of fixed length.
  public func write(_ text: String, as name: String) throws {
    try call("written", name) { caffe_h5_write_string(handle.id, name, text) }
  }

  /// Makes `name` another name of what is at `target`, a path from this group.
  public func link(_ target: String, as name: String) throws {
    try call("linked", name) { caffe_h5_link(handle.id, target, name) }
  }

  private func check(_ count: Int, _ shape: Shape, _ name: String) throws {
    guard count == shape.count else {
      throw error(
        .shape, "\(count) values to be written as \"\(path(of: name))\" of shape \(shape); give \(shape.count)")
    }
  }
}
