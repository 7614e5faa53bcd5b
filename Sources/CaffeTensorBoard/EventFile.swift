import CaffeCore
import Foundation
import SwiftProtobuf

/// A file of TensorBoard's events, which grows.
///
/// A record is its length in eight bytes, the length's masked CRC-32C, an `Event` message and its masked CRC-32C, all little-endian
/// (TensorFlow's TFRecord). Each record is handed to the system whole.
final class EventFile {
  private let file: LineFile

  /// Makes a file in `folder`, which is made where it is missing.
  ///
  /// TensorBoard takes files whose names hold "tfevents", in the order of their names.
  ///
  /// - Throws: `CaffeError` of code `file` when it can't be written.
  init(in folder: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw CaffeError(
        .file, file: folder, "this folder for TensorBoard can't be made; choose another one", cause: error)
    }
    let process = ProcessInfo.processInfo
    let seconds = String(Int(Date().timeIntervalSince1970))
    let unique = String(UInt32.random(in: 0 ... .max), radix: 36)
    let name = "events.out.tfevents.\(seconds).\(process.hostName).\(process.processIdentifier).\(unique)"
    file = try LineFile(appendingTo: "\(folder)/\(name)")
    try add(step: 0) { $0.fileVersion = "brain.Event:2" }
  }

  /// Adds an event.
  func add(step: Int, _ fill: (inout Event) -> Void) throws {
    var event = Event()
    event.wallTime = Date().timeIntervalSince1970
    event.step = Int64(step)
    fill(&event)
    try file.append(bytes: EventFile.record(try event.serializedBytes()))
  }

  static func record(_ content: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(content.count))
    return length + littleEndian(CRC32C.masked(length)) + content + littleEndian(CRC32C.masked(content))
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// Brings what was added to the disk.
  func sync() { file.sync() }
}
