import CaffeCommand
import Foundation
import Testing

struct ProgressLineTests {
  @Test func onlyATerminalOutsideOfCIGetsABar() {
    #expect(ProgressLine.isWanted(["TERM": "xterm"], isTerminal: true))
    #expect(!ProgressLine.isWanted([:], isTerminal: false))
    #expect(!ProgressLine.isWanted(["CI": "true"], isTerminal: true))
    #expect(ProgressLine.isWanted(["CI": ""], isTerminal: true))
    #expect(!ProgressLine.isWanted(["TERM": "dumb"], isTerminal: true))
  }

  @Test func theLineFitsTheTerminal() {
    #expect(
      ProgressLine.text(0, of: 10, seconds: 0, columns: 80) == "[" + String(repeating: " ", count: 40) + "] 0/10 0%")
    let half = ProgressLine.text(500, of: 1000, seconds: 5, columns: 80)
    #expect(half.hasSuffix("] 500/1000 50%  100/s  0:05 left"))
    #expect(half.filter { $0 == "#" }.count == 20)
    #expect(ProgressLine.text(1, of: 7201, seconds: 1, columns: 80).hasSuffix("2:00:00 left"))
    for columns in [0, 1, 20, 40, 60, 100] {
      #expect(ProgressLine.text(500, of: 1000, seconds: 5, columns: columns).count < max(1, columns))
    }
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/script"), "needs script(1)"))
  func aTerminalShowsTheBarAndAPipeDoesNot() throws {
    let folder = try WorkFolder()
    try folder.write("a.ppm 0\n", to: "list.txt")
    try Data("P6 1 1 255\nabc".utf8).write(to: URL(fileURLWithPath: folder.path("a.ppm")))
    let tool = try folder.tool("convert_imageset")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
    process.arguments = [
      "-qec", "'\(tool)' '\(folder.root)/' '\(folder.path("list.txt"))' '\(folder.path("db"))'",
      folder.path("typescript")
    ]
    process.standardOutput = FileHandle.nullDevice
    process.environment = ProcessInfo.processInfo.environment.merging(["TERM": "xterm", "CI": ""]) { $1 }
    try process.run()
    process.waitUntilExit()
    let seen = try String(contentsOfFile: folder.path("typescript"), encoding: .utf8)
    #expect(
      process.terminationStatus == 0 && seen.contains("1/1 100%") && seen.contains("Processed 1 files."), "\(seen)")
    let piped = try CommandRun("convert_imageset", ["./", "list.txt", "again"], in: folder)
    #expect(piped.status == 0 && !piped.error.contains("\u{1B}") && !piped.error.contains("100%"))
  }
}
