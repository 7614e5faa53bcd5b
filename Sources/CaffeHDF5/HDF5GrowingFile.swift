import CHDF5
import CaffeCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HDF5 file that records are added to, a batch at a time, so that it may be larger than the memory.
///
/// It is written under a temporary name and gets its own with `finish`; dropped without, it is removed.
package final class HDF5GrowingFile {
  /// The path that the file will have.
  package let path: String
  private let temporary: String
  private var file: HDF5Handle?
  private var datasets: [String: (handle: HDF5Handle, shape: [Int], count: Int)] = [:]

  /// Begins a file that will be at `path`; what is there stays until `finish`.
  ///
  /// - Throws: `CaffeError` of code `file` when the folder is missing or can't be written.
  package init(_ path: String) throws {
    self.path = path
    // This makes the errors for a missing or closed folder, before there is anything to lose.
    guard !path.isEmpty else { throw CaffeError(.file, "the HDF5 file to be written has no name; give one") }
    let folder = SystemCalls.folder(of: path)
    guard access(folder, W_OK) == 0 else { throw SystemCalls.error(path, "the HDF5 file cannot be written") }
    let unique = String(UInt64.random(in: .min ... .max), radix: 36)
    temporary = "\(folder)/.\(SystemCalls.name(of: path)).\(getpid()).\(unique).tmp"
    let name = temporary
    file = HDF5Handle(try HDF5GrowingFile.call(path) { caffe_h5_create_file(name) })
  }

  deinit {
    guard file != nil else { return }
    close()
    unlink(temporary)
  }

  /// Adds `shape[0]` records to the dataset `name`, which the first call makes.
  ///
  /// - Throws: `CaffeError` of code `shape` for records of another shape than those before, of code `file` when the disk is full.
  package func append(_ values: [Float], shape: [Int], to name: String) throws {
    guard let file else { throw CaffeError(.file, file: path, "the HDF5 file is finished; nothing can be added") }
    let row = Array(shape.dropFirst())
    if datasets[name] == nil {
      let extents = row.map(UInt64.init)
      let id = try HDF5GrowingFile.call(path) {
        caffe_h5_create_growing(file.id, name, Int32(extents.count), extents)
      }
      datasets[name] = (HDF5Handle(id), row, 0)
    }
    guard let dataset = datasets[name] else { return }
    guard dataset.shape == row, let rows = shape.first, values.count == rows * row.reduce(1, *) else {
      throw CaffeError(
        .shape, file: path,
        "\(values.count) values of shape \(shape) can't be added to \"\(name)\", whose records are \(dataset.shape)")
    }
    try _ = HDF5GrowingFile.call(path) {
      caffe_h5_append(dataset.handle.id, UInt64(dataset.count), UInt64(rows), values)
    }
    datasets[name]?.count += rows
  }

  /// Writes the file out and gives it its name.
  package func finish() throws {
    guard file != nil else { return }
    let temporary = temporary
    close()
    do {
      try AtomicFile.replace(path) { target in
        guard rename(temporary, target) == 0 else {
          throw SystemCalls.error(path, "the HDF5 file cannot be put in its place")
        }
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  private func close() {
    datasets = [:]
    file = nil
  }

  private static func call(_ path: String, _ body: () -> Int64) throws -> Int64 {
    do {
      return try HDF5Library.call(body)
    } catch {
      throw CaffeError(
        .file, file: path, "the HDF5 file cannot be written: \(error.reason); is there room on the disk?")
    }
  }
}
