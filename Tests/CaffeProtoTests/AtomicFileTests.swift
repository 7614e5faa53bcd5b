import CaffeCore
import Testing

/// A file is there as a whole or not at all.
@Suite struct AtomicFileTests {
  private struct Stop: Error {}

  @Test func replacesWhatWasThere() throws {
    try withFolder { folder in
      try put([1, 2, 3], "\(folder)/f")
      try AtomicFile.write(to: "\(folder)/f") { try $0.write([9]) }
      #expect(try bytes(of: "\(folder)/f") == [9])
      #expect(names(in: folder) == ["f"])
    }
  }

  @Test func failureLeavesTheOldFileAndNothingElse() throws {
    try withFolder { folder in
      try put([1], "\(folder)/f")
      #expect(throws: Stop.self) {
        try AtomicFile.write(to: "\(folder)/f") {
          try $0.write([9])
          throw Stop()
        }
      }
      #expect(try bytes(of: "\(folder)/f") == [1])
      #expect(names(in: folder) == ["f"])
    }
  }

  @Test func otherProgramsSeeNothingUntilTheEnd() throws {
    try withFolder { folder in
      try AtomicFile.replace("\(folder)/f") { temporary in
        try put([1, 2], temporary)
        #expect(names(in: folder) != ["f"] && !names(in: folder).contains("f"))
      }
      #expect(try bytes(of: "\(folder)/f") == [1, 2])
    }
  }

  @Test func missingFolderSaysHowToMakeIt() throws {
    try withFolder { folder in
      let error = message { try AtomicFile.write(to: "\(folder)/no/f") { try $0.write([1]) } }
      #expect(error.contains("\(folder)/no/f") && error.contains("mkdir -p"))
    }
  }

  @Test func folderThatCannotBeWrittenIsNamed() {
    // No process, not even root's, can make a file there.
    let error = message { try AtomicFile.write(to: "/proc/caffe-test/../f") { try $0.write([1]) } }
    #expect(error.hasPrefix("/proc/caffe-test/../f: "))
  }

  @Test func folderGivenAsFile() throws {
    try withFolder { folder in
      #expect(
        message { try AtomicFile.write(to: folder) { try $0.write([1]) } }.contains("choose another name"))
    }
  }

  @Test(.enabled(if: SystemCalls.kind(of: "/dev/full") == .other))
  func fullDiskSaysSo() {
    let error = message { try AtomicFile.write(to: "/dev/full") { try $0.write([1, 2]) } }
    #expect(error.contains("/dev/full") && error.contains("free some space") && error.contains("2 bytes"))
  }

  @Test func linkIsFollowed() throws {
    try withFolder { folder in
      try put([1], "\(folder)/real")
      try link("\(folder)/real", from: "\(folder)/f")
      try AtomicFile.write(to: "\(folder)/f") { try $0.write([7]) }
      #expect(try bytes(of: "\(folder)/real") == [7])
    }
  }

  @Test func mappedFileHandsOutItsBytes() throws {
    try withFolder { folder in
      try put([5, 6], "\(folder)/f")
      let file = try MappedFile("\(folder)/f")
      #expect(file.count == 2 && file.withBytes { Array($0) } == [5, 6])
      #expect(message { _ = try MappedFile(folder) }.contains("folder"))
      #expect(message { _ = try MappedFile("\(folder)/none") }.contains("No such file"))
    }
  }
}
