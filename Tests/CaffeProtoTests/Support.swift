import CaffeCore
import CaffeProto
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The error that `body` throws, as text; an empty text and a failed test if it throws none.
func message(of body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  do {
    try body()
  } catch let error as CaffeError {
    return error.description
  } catch {
    Issue.record("not a CaffeError: \(error)", sourceLocation: sourceLocation)
    return ""
  }
  Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  return ""
}

/// The error of reading `text` as a net.
func netError(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> String {
  message(
    of: { _ = try NetReader.parseNet(text: text, fileName: "a.prototxt") }, sourceLocation: sourceLocation)
}

/// Calls `body` with the path of a new folder that is removed afterwards.
func withFolder(_ body: (String) throws -> Void) throws {
  let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  let folder = "\(base)/caffe-proto-tests-\(getpid())-\(UInt32.random(in: .min ... .max))"
  try #require(mkdir(folder, 0o700) == 0)
  defer { remove(folder: folder) }
  try body(folder)
}

/// The names in a folder.
func names(in folder: String) -> [String] {
  guard let handle = opendir(folder) else { return [] }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = readdir(handle) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}

private func remove(folder: String) {
  for name in names(in: folder) { unlink("\(folder)/\(name)") }
  rmdir(folder)
}

/// Writes bytes to a file without the code under test.
func put(_ bytes: [UInt8], _ path: String) throws {
  let file = try #require(fopen(path, "w"))
  defer { fclose(file) }
  #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
}

/// A file's bytes.
func bytes(of path: String) throws -> [UInt8] { try MappedFile(path).withBytes { Array($0) } }

/// A file's text.
func text(of path: String) throws -> String { String(decoding: try bytes(of: path), as: UTF8.self) }

/// The value of an environment variable; nil if it is unset or empty.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}

/// The package's folder.
let packageFolder = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

/// Makes a symbolic link at `path` to `target`.
func link(_ target: String, from path: String) throws { try #require(symlink(target, path) == 0) }
