import Caffe

/// What `caffe --version` prints.
enum VersionText {
  /// The version, and the engines that are there.
  static var text: String {
    let engines = EngineName.allCases.map { name in
      let summary = (try? name.make(threads: nil)).map(\.summary) ?? "can't be used here"
      return "  \(name.rawValue): \(summary)"
    }
    return (["caffe version \(caffeVersion)", "engines:"] + engines).joined(separator: "\n") + "\n"
  }
}
