import CCaffe
import Caffe
import CaffeABI
import CaffeTestSupport
import Testing

@Suite struct ModeTests {
  @Test func netsComputeWhereTheModeSays() throws {
    let library = Library(gpus: .standIn)
    #expect(try library.engine().name == "cpu")
    try library.setDevice(1)
    #expect(try library.engine().name == "cpu")
    try library.setMode(.gpu)
    #expect((try library.engine() as? CUDAEngine)?.ordinal == 1)
    try library.setDevice(0)
    #expect((try library.engine() as? CUDAEngine)?.ordinal == 0)
    try library.setMode(.cpu)
    #expect(try library.engine().name == "cpu")
  }

  @Test func aDeviceThatIsNotThereIsAnErrorAndChangesNothing() throws {
    let library = Library(gpus: .standIn)
    let error = try #require(throws: CaffeError.self) { try library.setDevice(99) }
    #expect(error.message.contains("no GPU 99"))
    try library.setMode(.gpu)
    #expect((try library.engine() as? CUDAEngine)?.ordinal == 0)
  }

  @Test func functionsOfCCheckTheirArguments() throws {
    let mode = try failure { try check(caffe_set_mode(7)) }
    #expect(mode.code == CAFFE_ERROR_ARGUMENT && mode.message.contains("7 is no mode"))
    let device = try failure { try check(caffe_set_device(-1)) }
    #expect(device.code == CAFFE_ERROR_ARGUMENT && device.message.contains("-1"))
    // No machine has so many, and many have none.
    let missing = try failure { try check(caffe_set_device(9999)) }
    #expect([CAFFE_ERROR_VALUE, CAFFE_ERROR_UNSUPPORTED].contains(missing.code), "\(missing.message)")
    try check(caffe_set_mode(Int32(CAFFE_MODE_CPU)))
  }
}
