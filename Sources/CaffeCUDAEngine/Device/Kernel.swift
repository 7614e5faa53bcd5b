/// A kernel by its name, and the file that it is in.
struct Kernel: Hashable {
  let file: StaticString
  let name: StaticString

  init(_ file: StaticString, _ name: StaticString) {
    self.file = file
    self.name = name
  }

  /// Two with one name are the same text in the program, as each is written once.
  static func == (a: Kernel, b: Kernel) -> Bool { a.name.utf8Start == b.name.utf8Start }

  func hash(into hasher: inout Hasher) { hasher.combine(name.utf8Start) }
}
