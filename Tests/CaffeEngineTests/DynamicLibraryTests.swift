import CaffeCore
import CaffeTestSupport
import Foundation
import Testing

@Suite(.enabled(if: CompiledLibrary.canBeMade, "there is no C compiler, cc"))
struct DynamicLibraryTests {
  private let made: CompiledLibrary
  init() throws { made = try CompiledLibrary("libcaffetest.so.1", "int caffe_test_answer(void) { return 42; }") }

  private var search: LibrarySearch {
    LibrarySearch(
      name: "the test's library", variable: "CAFFE_TEST_PATH", files: ["libcaffetest.so.1"], folders: ["/nowhere/lib"],
      remedy: "install it")
  }

  private func answer(_ library: DynamicLibrary?) -> Int32? {
    typealias Answer = @convention(c) () -> Int32
    return library?.function("caffe_test_answer", as: Answer.self)?()
  }

  private func message(_ body: () throws -> Void) throws -> String {
    "\(try #require(throws: CaffeError.self, performing: body))"
  }

  @Test func functionsAreFoundByName() throws {
    let library = try DynamicLibrary(opening: made.path)
    #expect(answer(library) == 42)
    #expect(library.symbol("caffe_test_question") == nil)
    #expect(library.path.hasSuffix("/libcaffetest.so.1"))
  }

  @Test func theVariableNamesAFileOrAFolder() throws {
    for value in [made.path, made.folder] {
      #expect(answer(try search.open(environment: ["CAFFE_TEST_PATH": value])) == 42)
    }
  }

  @Test func foldersAreLookedThrough() throws {
    var search = search
    search.folders.append(made.folder)
    #expect(answer(try search.open(environment: [:])) == 42)
    #expect(answer(try search.open(environment: ["CAFFE_TEST_PATH": ""])) == 42)
  }

  @Test func whatComesWithALibraryIsOpenedBefore() throws {
    var search = search
    let folder = made.folder
    search.prepare = { prepared in
      #expect(prepared == folder)
      _ = try? Data("seen".utf8).write(to: URL(fileURLWithPath: "\(folder)/prepared"))
    }
    _ = try search.open(environment: ["CAFFE_TEST_PATH": folder])
    #expect(FileManager.default.fileExists(atPath: "\(folder)/prepared"))
  }

  @Test func aMissingLibraryIsNoneOrAnErrorThatSaysWhereItWasLookedFor() throws {
    #expect(try search.openIfThere(environment: [:])?.path == nil)
    let text = try message { _ = try search.open(environment: [:]) }
    for part in ["the test's library", "libcaffetest.so.1", "/nowhere/lib", "install it", "CAFFE_TEST_PATH"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func aVariableThatNamesNothingIsAnErrorWhateverElseIsThere() throws {
    var search = search
    search.folders = [made.folder]
    let gone = try message { _ = try search.openIfThere(environment: ["CAFFE_TEST_PATH": "/nowhere/file.so"]) }
    #expect(gone.contains("CAFFE_TEST_PATH=/nowhere/file.so") && gone.contains("no such file"))
    let empty = try message { _ = try search.openIfThere(environment: ["CAFFE_TEST_PATH": "/"]) }
    #expect(empty.contains("CAFFE_TEST_PATH=/") && empty.contains("isn't in this folder"))
  }

  @Test func aFileThatIsNoLibraryIsSaidInTheLoadersWords() throws {
    try Data("text".utf8).write(to: URL(fileURLWithPath: made.path))
    let text = try message { _ = try search.openIfThere(environment: ["CAFFE_TEST_PATH": made.path]) }
    #expect(text.contains("can't be opened") && text.contains("libcaffetest.so.1"), "\(text)")
  }
}
