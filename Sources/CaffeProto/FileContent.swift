import CaffeCore

/// What a file's bytes seem to be, for error messages about files of the wrong kind.
enum FileContent {
  case empty, webPage, largeFilePointer, utf16, hdf5, archive, image, text, binary

  init(_ bytes: UnsafeRawBufferPointer) {
    let start = bytes.prefix(1024)
    let isSpace: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
    let text = String(
      decoding: start.drop(while: { isSpace($0) || [0xEF, 0xBB, 0xBF].contains($0) }), as: UTF8.self)
    let lower = text.prefix(200).lowercased()
    if bytes.isEmpty || bytes.allSatisfy(isSpace) {
      self = .empty
    } else if ["<!doctype", "<html", "<head", "<?xml", "<!--"].contains(where: lower.hasPrefix) {
      self = .webPage
    } else if lower.hasPrefix("version https://git-lfs") {
      self = .largeFilePointer
    } else if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) {
      self = .utf16
    } else if start.starts(with: [0x89, 0x48, 0x44, 0x46]) {
      self = .hdf5
    } else if [[0x1F, 0x8B], [0x50, 0x4B, 3, 4], [0x42, 0x5A, 0x68], [0xFD, 0x37, 0x7A]].contains(
      where: start.starts)
    {
      self = .archive
    } else if [[0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF]].contains(where: start.starts) {
      self = .image
    } else {
      self = start.contains(where: { $0 < 32 && !isSpace($0) || $0 == 127 }) ? .binary : .text
    }
  }

  /// What is wrong and what to do, where `wanted` was expected; nil for text and binary data.
  func complaint(wanted: String) -> String? {
    switch self {
    case .empty:
      "the file is empty where \(wanted) was expected; the download or the program that wrote it was "
        + "cut off: make it again"
    case .webPage:
      "this is a web page, not \(wanted): the download got the page about the file; download the file "
        + "itself (\"raw\")"
    case .largeFilePointer:
      "this is a git-lfs pointer, not \(wanted) itself; fetch the file with: git lfs pull"
    case .utf16: "this is text in UTF-16, not \(wanted); save it as UTF-8"
    case .hdf5:
      "this is an HDF5 file, not \(wanted); HDF5 weights and states are known by a name that ends in .h5"
    case .archive: "this is a compressed archive, not \(wanted); unpack it first"
    case .image: "this is an image, not \(wanted); check the path"
    case .text, .binary: nil
    }
  }
}
