import CHDF5
import CaffeCore

/// An n-dimensional array of an HDF5 file.
public struct HDF5Dataset: Sendable {
  /// What kind of values there are.
  public enum Kind: Sendable {
    /// Floating-point numbers of any size.
    case float
    /// Whole numbers of any size, signed or not.
    case integer
    /// Text.
    case string
    /// Something that we don't read: times, references, records.
    case other
  }

  /// The file, as the user named it.
  public let file: String
  /// The path from the file's root, `data/conv1/0`.
  public let path: String
  /// The extents; without axes it is a single value.
  public let shape: Shape
  /// What kind of values there are.
  public let kind: Kind
  private let handle: HDF5Handle

  init(_ handle: HDF5Handle, file: String, path: String, fileSize: Int) throws {
    self.handle = handle
    self.file = file
    self.path = path
    var description = caffe_h5_description()
    do {
      _ = try HDF5Library.call { caffe_h5_describe(handle.id, &description) }
    } catch {
      throw CaffeError(.corrupt, file: file, "dataset \"\(path)\" cannot be read: \(error.reason); get the file again")
    }
    kind =
      switch description.kind {
      case CAFFE_H5_KIND_FLOAT: .float
      case CAFFE_H5_KIND_INTEGER: .integer
      case CAFFE_H5_KIND_STRING: .string
      default: .other
      }
    shape = try HDF5Dataset.shape(of: description, file: file, path: path)
    // Compressed files hold at most about a thousand times their size; a claim above that would only eat memory.
    let (claim, overflow) = shape.count.multipliedReportingOverflow(by: Int(clamping: description.element_size))
    if overflow || claim / 1100 > fileSize {
      throw CaffeError(
        .corrupt, file: file,
        "dataset \"\(path)\" claims \(shape.count) values, which a file of \(fileSize) bytes cannot hold; get it again")
    }
  }

  private static func shape(of description: caffe_h5_description, file: String, path: String) throws -> Shape {
    let extents = withUnsafeBytes(of: description.extents) { bytes in
      bytes.bindMemory(to: UInt64.self).prefix(Int(description.rank)).map { Int(clamping: $0) }
    }
    do {
      return try Shape(validating: extents)
    } catch {
      throw CaffeError(.corrupt, file: file, "dataset \"\(path)\" cannot be read", cause: error)
    }
  }

  /// All values, row-major, as float32: other sizes and whole numbers are converted.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when they aren't numbers, or the file is damaged.
  public func floats() throws -> [Float] {
    try requireNumbers()
    return try [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
      try read(into: buffer)
      count = shape.count
    }
  }

  /// Reads rows, the parts of the first axis, to `target`, which has room for them.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when they aren't numbers, or the file is damaged.
  package func readRows(_ rows: Range<Int>, to target: UnsafeMutablePointer<Float>) throws {
    try requireNumbers()
    precondition(shape.axisCount > 0 && rows.lowerBound >= 0 && rows.upperBound <= shape[0], "rows \(rows) of \(shape)")
    guard !rows.isEmpty, shape.count > 0 else { return }
    try call { caffe_h5_read_rows(handle.id, UInt64(rows.lowerBound), UInt64(rows.count), target) }
  }

  /// Reads all values, row-major, into `buffer`, which must hold as many.
  ///
  /// - Throws: `CaffeError` of code `shape` when the counts differ, `corrupt` when the values aren't numbers or the file is
  ///   damaged.
  public func read(into buffer: Buffer) throws {
    try requireNumbers()
    guard buffer.count == shape.count else {
      throw CaffeError(
        .shape, file: file, "dataset \"\(path)\" has shape \(shape) where \(buffer.count) values are needed")
    }
    try buffer.overwrite { span in try span.withUnsafeMutableBufferPointer { try read(into: $0) } }
  }

  private func read(into buffer: UnsafeMutableBufferPointer<Float>) throws {
    guard shape.count > 0, let start = buffer.baseAddress else { return }
    try call { caffe_h5_read_floats(handle.id, start) }
  }

  /// All values, row-major, as whole numbers; fractions are cut off.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when they aren't numbers, or the file is damaged.
  public func integers() throws -> [Int64] {
    try requireNumbers()
    return try [Int64](unsafeUninitializedCapacity: shape.count) { buffer, count in
      if shape.count > 0, let start = buffer.baseAddress { try call { caffe_h5_read_integers(handle.id, start) } }
      count = shape.count
    }
  }

  /// The text of a dataset that holds one string.
  ///
  /// - Throws: `CaffeError` of code `corrupt` when it doesn't.
  public func string() throws -> String {
    guard kind == .string, shape.count == 1 else {
      throw CaffeError(.corrupt, file: file, "dataset \"\(path)\" is \(summary) where one string was expected")
    }
    let length = try call { caffe_h5_read_string(handle.id, nil, 0) }
    return HDF5Library.text(capacity: Int(length) + 1) { buffer, size in
      _ = try? HDF5Library.call { caffe_h5_read_string(handle.id, buffer, size) }
    }
  }

  private func requireNumbers() throws {
    guard kind == .float || kind == .integer else {
      throw CaffeError(.corrupt, file: file, "dataset \"\(path)\" is \(summary) where numbers were expected")
    }
  }

  private var summary: String {
    let what =
      switch kind {
      case .float: "floating-point numbers"
      case .integer: "whole numbers"
      case .string: "text"
      case .other: "of a kind that isn't numbers or text"
      }
    return "\(what), shape \(shape),"
  }

  @discardableResult
  private func call(_ body: () -> Int64) throws -> Int64 {
    do {
      return try HDF5Library.call(body)
    } catch {
      throw CaffeError(.corrupt, file: file, "dataset \"\(path)\" cannot be read: \(error.reason); get the file again")
    }
  }
}
