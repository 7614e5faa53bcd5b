import CHDF5
import CaffeCore

/// HDF5 files: reading them, and writing them whole.
public enum HDF5File {
  /// The bytes that every HDF5 file begins with.
  package static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Opens the file at `path` for reading.
  ///
  /// - Returns: The file's root group. The file stays open as long as something of it is in use.
  /// - Throws: `CaffeError` of code `file` when there is no such file, `corrupt` when it isn't an HDF5 file or is cut short.
  public static func open(_ path: String) throws -> HDF5Group {
    // The library's own words for a missing file are no help; mapping it finds that out, and how large it is.
    let size = try MappedFile(path).count
    do {
      let id = try HDF5Library.call { caffe_h5_open(path) }
      return HDF5Group(HDF5Handle(id), file: path, path: "", fileSize: size)
    } catch {
      throw CaffeError(
        .corrupt, file: path,
        "the file (\(size) bytes) cannot be read as HDF5: \(error.reason); get it again, or name an HDF5 file")
    }
  }

  /// Replaces the file at `path` by one with what `body` writes into its root group.
  ///
  /// The file is made in memory, written under a temporary name, synced and renamed, so that it is there whole or not at all.
  ///
  /// - Throws: `CaffeError` of code `file` when the folder isn't writable or the disk is full, and what `body` throws.
  public static func write(to path: String, _ body: (HDF5Group) throws -> Void) throws {
    let bytes = try image(for: path, body)
    try AtomicFile.write(to: path) { try $0.write(bytes) }
  }

  private static func image(for path: String, _ body: (HDF5Group) throws -> Void) throws -> [UInt8] {
    do {
      let handle = HDF5Handle(try HDF5Library.call { caffe_h5_create() })
      try body(HDF5Group(handle, file: path, path: "", fileSize: .max))
      let size = try HDF5Library.call { caffe_h5_image(handle.id, nil, 0) }
      return try [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
        let target = buffer.baseAddress
        count = Int(try HDF5Library.call { caffe_h5_image(handle.id, target, Int(size)) })
      }
    } catch let failure as HDF5Library.Failure {
      throw CaffeError(.file, file: path, "the HDF5 file cannot be made: \(failure.reason); is there enough memory?")
    }
  }
}
