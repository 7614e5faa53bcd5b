import Caffe
import Foundation

/// What `caffe predict` prints.
struct PredictionReport {
  let isJSON: Bool
  let top: Int
  let labels: ClassLabels?
  private var entries: [Entry] = []

  private struct Entry: Encodable {
    struct Guess: Encodable {
      let index: Int
      let label: String?
      let score: Float
    }

    let file: String
    let predictions: [Guess]
  }

  init(isJSON: Bool, top: Int, labels: ClassLabels?) {
    self.isJSON = isJSON
    self.top = top
    self.labels = labels
  }

  /// Adds a picture with the scores of all classes.
  mutating func add(_ file: String, _ scores: [Float]) throws {
    try labels?.check(count: scores.count)
    let guesses = scores.best(top).map {
      Entry.Guess(index: $0.index, label: labels?.names[$0.index], score: $0.score)
    }
    entries.append(Entry(file: file, predictions: guesses))
  }

  func text() throws -> String { isJSON ? try JSONText.of(entries) : table }

  private var table: String {
    entries.map { entry in
      let lines = entry.predictions.map { guess in
        let score = guess.score.fixed(4)
        let margin = String(repeating: " ", count: max(0, 10 - score.count))
        return "\(margin)\(score)  \(guess.label ?? "class \(guess.index)")\n"
      }
      return "\(entry.file)\n" + lines.joined()
    }.joined()
  }
}

/// Finds pictures by what a user names.
enum PictureFiles {
  /// The files of `paths`; folders stand for the pictures in them and in their folders, in order of their names.
  ///
  /// - Throws: `CaffeError` when there is none.
  static func find(_ paths: [String]) throws -> [String] {
    guard !paths.isEmpty else { throw CaffeError(.flag, "Need pictures to predict. Name files, or folders of them") }
    let endings: Set<String> = ["jpg", "jpeg", "png", "bmp", "gif", "webp", "ppm", "pgm"]
    return try paths.flatMap { path -> [String] in
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
        return [path]
      }
      let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      let found = names.filter { name in
        endings.contains(name.split(separator: ".").last.map { $0.lowercased() } ?? "")
      }
      guard !found.isEmpty else { throw CaffeError(.file, file: path, "this folder has no pictures; check the path") }
      let root = path.hasSuffix("/") ? path : path + "/"
      return found.sorted().map { root + $0 }
    }
  }
}

extension Float {
  /// With so many digits behind the point.
  func fixed(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
