import Caffe
import CaffeTestSupport
import Testing

/// Published models of all ages beside the original, where `CAFFE_REFERENCE_DIR` names a folder that has them.
struct PublishedModelTests {
  @Test func outputsAgreeWithTheOriginal() {
    let folders = ModelCases.all()
    if folders.isEmpty { print("no published models in \(ReferenceFolder.path): set CAFFE_REFERENCE_DIR to test them") }
    for folder in folders {
      for engine in TestEngines.all {
        let outcome = ModelCases.run(folder: folder, engine: engine)
        print(outcome.line)
        #expect(outcome.verdict != .failed, "\(outcome.line)")
      }
    }
  }
}
