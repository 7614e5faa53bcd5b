import CaffeCore
import CaffeProto
import Foundation

/// The records of a list's pictures, each made alone, so that several threads can make them.
struct PictureRecordSource: Sendable {
  struct Record: Sendable {
    var key: String
    var value: [UInt8]
    /// Of the picture, also where the record holds a file.
    var shape: DatumShape
    /// Its place in the list.
    var entry: PictureList.Entry
  }

  private let settings: ImageSetConverter
  private let file: String
  private let entries: [PictureList.Entry]
  private let root: String
  private let hasWholeLabels: Bool

  /// - Throws: `CaffeError` for a label that a record can't hold.
  init(_ settings: ImageSetConverter, list: PictureList, root: String) throws {
    self.settings = settings
    file = list.file
    self.root = PictureList.root(root)
    hasWholeLabels = list.labelCount == 1 && list.entries.allSatisfy { $0.labels[0] == $0.labels[0].rounded() }
    if hasWholeLabels { try PictureRecordSource.checkLabels(list) }
    var entries = list.entries
    if let seed = settings.shuffleSeed {
      var stream = RandomSource(seed: seed).stream("convert_imageset/shuffle")
      entries.shuffle(using: &stream)
    }
    self.entries = entries
  }

  /// The record at `index` of the order.
  func record(_ index: Int) -> Result<Record, CaffeError> {
    let entry = entries[index]
    do {
      var (datum, shape) = try datum(of: entry.path)
      if hasWholeLabels {
        datum.label = Int32(entry.labels[0])
      } else {
        datum.floatLabel = entry.labels
      }
      let key = "\(recordKey(index, digits: 8))_\(entry.path)"
      return .success(Record(key: key, value: try datum.serializedBytes(), shape: shape, entry: entry))
    } catch let error as CaffeError {
      return .failure(
        CaffeError(error.code, "the picture \"\(entry.path)\" can't be used", at: place(of: entry), cause: error))
    } catch {
      return .failure(CaffeError(.value, "the picture \"\(entry.path)\" can't be used: \(error)", at: place(of: entry)))
    }
  }

  func differs(_ record: Record, from first: DatumShape) -> CaffeError {
    CaffeError(
      .shape,
      "the picture \"\(record.entry.path)\" is one of \(record.shape), where the first is one of \(first); "
        + "give --resize_height and --resize_width, or leave out --check_size", at: place(of: record.entry))
  }

  private func datum(of name: String) throws -> (Datum, DatumShape) {
    let path = root + name
    let color: Picture.Color = settings.isGray ? .gray : .color
    var datum = Datum()
    if settings.size == nil, settings.encoding.keeps(name) {
      // Decoded only to see that it can be. Who asks for grey doesn't get the colours that a file has.
      let stored = try Picture.read(file: path, color: .asStored, orientation: .ignore)
      if !settings.isGray || stored.channels == 1 {
        datum.data = try MappedFile(path).withBytes { Data($0) }
        datum.encoded = true
        return (datum, stored.shape)
      }
    }
    var picture = try Picture.read(file: path, color: color, orientation: settings.orientation)
    if let size = settings.size { picture = try picture.resized(height: size.height, width: size.width) }
    if settings.encoding == .pixels {
      datum.channels = Int32(picture.channels)
      datum.height = Int32(picture.height)
      datum.width = Int32(picture.width)
      datum.data = Data(picture.planes())
      datum.encoded = false
    } else {
      datum.data = Data(try picture.encoded(as: settings.encoding.type(for: name)))
      datum.encoded = true
    }
    return (datum, picture.shape)
  }

  private func place(of entry: PictureList.Entry) -> FileLocation { FileLocation(file: file, line: entry.line) }

  private static func checkLabels(_ list: PictureList) throws {
    // A float holds whole numbers up to 2²⁴; of larger ones the last digits are gone.
    for entry in list.entries where abs(entry.labels[0]) >= 0x1p24 {
      throw CaffeError(
        .value, "the label of \"\(entry.path)\" is too large; labels go to 16777215",
        at: FileLocation(file: list.file, line: entry.line))
    }
  }
}
