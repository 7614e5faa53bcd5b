import Foundation

/// Where a library that is opened at run time may be, and what to tell people who don't have it.
package struct LibrarySearch: Sendable {
  /// What it is called: "cuBLAS".
  package var name: String
  /// The variable of the environment that names its file, or the folder that it is in.
  package var variable: String
  /// The names that its file may have, the best one first.
  package var files: [String]
  /// Folders that are looked through when the system's loader doesn't find it.
  package var folders: [String]
  /// How to come by it: "install CUDA".
  package var remedy: String
  /// What is done before a file with its folder is opened.
  package var prepare: @Sendable (_ folder: String) -> Void = { _ in }

  /// Makes a search.
  package init(name: String, variable: String, files: [String], folders: [String], remedy: String) {
    self.name = name
    self.variable = variable
    self.files = files
    self.folders = folders
    self.remedy = remedy
  }

  /// Opens what the variable names, or without it the first that is found: by its bare name, then in the folders.
  ///
  /// - Parameter environment: The variables.
  /// - Returns: The library; nil when there is none and none was named.
  /// - Throws: `CaffeError` when it is there and can't be opened, or isn't where the variable says.
  package func openIfThere(environment: [String: String]) throws -> DynamicLibrary? {
    if let given = environment[variable], !given.isEmpty { return try open(given: given) }
    for file in files {
      if let library = try? DynamicLibrary(opening: file) { return library }
    }
    return try open(among: folders)
  }

  /// The same where it can't be done without.
  ///
  /// - Throws: `CaffeError` of code `unsupported` that says where it was looked for.
  package func open(environment: [String: String]) throws -> DynamicLibrary {
    if let library = try openIfThere(environment: environment) { return library }
    let places = (["the system's libraries"] + folders).joined(separator: ", ")
    throw CaffeError(
      .unsupported,
      "\(name) (\(files.joined(separator: " or "))) isn't there; looked for it in \(places); \(remedy), or name its file or folder in "
        + variable)
  }

  private func open(given: String) throws -> DynamicLibrary {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: given, isDirectory: &isFolder) else {
      throw CaffeError(
        .unsupported, "\(variable)=\(given): there is no such file or folder; it must name \(name)'s file or folder")
    }
    if !isFolder.boolValue { return try open(file: given) }
    if let library = try open(among: [given]) { return library }
    throw CaffeError(
      .unsupported, "\(variable)=\(given): \(name) isn't in this folder; it would be \(files.joined(separator: " or "))"
    )
  }

  private func open(among folders: [String]) throws -> DynamicLibrary? {
    for folder in folders {
      for file in files where FileManager.default.fileExists(atPath: "\(folder)/\(file)") {
        return try open(file: "\(folder)/\(file)")
      }
    }
    return nil
  }

  private func open(file: String) throws -> DynamicLibrary {
    prepare((file as NSString).deletingLastPathComponent)
    do {
      return try DynamicLibrary(opening: file)
    } catch {
      throw CaffeError(
        .unsupported, "\(name) can't be opened; another one can be named in \(variable)", cause: error)
    }
  }
}
