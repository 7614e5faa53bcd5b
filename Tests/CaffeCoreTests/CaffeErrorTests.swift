import CaffeCore
import Testing

struct CaffeErrorTests {
  @Test
  func saysWhereBeforeWhat() {
    let location = FileLocation(file: "net.prototxt", line: 12, column: 3)
    let error = CaffeError(.field, "no field kernelsize", layer: "conv1", at: location)
    #expect(error.description == "net.prototxt:12:3: layer \"conv1\": no field kernelsize")
  }

  @Test
  func leavesOutWhatIsUnknown() {
    #expect(CaffeError(.value, "rate -1").description == "rate -1")
    #expect(CaffeError(.file, file: "a.caffemodel", "no such file").description == "a.caffemodel: no such file")
    #expect(FileLocation(file: "f", line: 4).description == "f:4")
    #expect(FileLocation(file: "f", column: 9).description == "f")
  }

  @Test
  func namesItsCause() {
    let cause = CaffeError(.corrupt, "ends early")
    #expect(CaffeError(.file, "cannot read", cause: cause).description == "cannot read (ends early)")
  }

  @Test
  func keepsTheInnermostLayer() {
    let error = CaffeError(.shape, "too small").inLayer("conv1").inLayer("outer")
    #expect(error.layer == "conv1")
    #expect(error.code == .shape)
  }

  @Test
  func codesHaveNames() {
    #expect(CaffeError.Code.syntax.description == "syntax")
    #expect(CaffeError.Code.nonFinite.description == "nonFinite")
    #expect(CaffeError.Code.flag != .file)
  }
}
